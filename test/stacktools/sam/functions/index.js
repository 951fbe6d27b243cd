exports.greet = async () => ({ statusCode: 200, body: process.env.GREETING });
