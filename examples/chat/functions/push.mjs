// Posts to a connection (POST /@connections/{id}), signed with the function's own
// credentials. With the SDK of AWS this is PostToConnectionCommand; here is all that it
// does, so that the example needs nothing to be installed.
import { createHash, createHmac } from 'node:crypto';
import https from 'node:https';

const hash = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

export function push({ domainName, stage }, connectionId, message) {
  const url = new URL(`https://${domainName}/${stage}/@connections/${encodeURIComponent(connectionId)}`);
  const body = JSON.stringify(message);
  return new Promise((done, failed) => {
    const request = https.request(url, { method: 'POST', headers: signed(url, body) }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode));
    });
    request.on('error', failed);
    request.end(body);
  });
}

// signed are the headers of a request with AWS Signature Version 4.
function signed(url, body) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token, AWS_REGION: region } = process.env;
  const now = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${now.slice(0, 8)}/${region}/execute-api/aws4_request`;
  const headers = { host: url.host, 'x-amz-date': now, 'x-amz-security-token': token };
  const names = Object.keys(headers).sort();
  // Paths are encoded a second time in what is signed.
  const path = url.pathname.split('/').map(encodeURIComponent).join('/');
  const canonical = ['POST', path, '', ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), hash(body)].join('\n');
  const key = [now.slice(0, 8), region, 'execute-api', 'aws4_request'].reduce(hmac, `AWS4${secret}`);
  const signature = createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${now}\n${scope}\n${hash(canonical)}`).digest('hex');
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return headers;
}
