// Signs requests as AWS SDK for JavaScript v3 does, one JSON object a line.
// Standard input is what botocore_sign.py takes.
const { SignatureV4 } = require("@smithy/signature-v4");
const { Sha256 } = require("@aws-crypto/sha256-js");

async function main() {
  const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
  for (const c of cases) {
    const url = new URL(c.url);
    const query = {};
    for (const pair of url.search.slice(1).split("&").filter(Boolean)) {
      const [name, value = ""] = pair.split("=").map(decodeURIComponent);
      query[name] = name in query ? [].concat(query[name], value) : value;
    }
    const path = c.url.slice(c.url.indexOf("/", 8)).split("?")[0];
    const request = { method: c.method, protocol: "http:", hostname: url.hostname, port: Number(url.port), path, query, headers: { host: url.host }, body: c.body };
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: c.token || undefined };
    const signer = new SignatureV4({ credentials, region: c.region, service: c.service, sha256: Sha256 });
    const signed = c.form === "query" ? await signer.presign(request, { expiresIn: 300 }) : await signer.sign(request);
    const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (ch) => "%" + ch.charCodeAt(0).toString(16).toUpperCase());
    const pairs = Object.entries(signed.query).flatMap(([name, value]) => [].concat(value).map((v) => encode(name) + "=" + encode(v)));
    console.log(JSON.stringify({ url: `http://${url.host}${path}${pairs.length ? "?" + pairs.join("&") : ""}`, headers: signed.headers }));
  }
}

main();
