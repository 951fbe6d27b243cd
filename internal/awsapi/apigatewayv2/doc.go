// Package apigatewayv2 is the table that joins the operations of API Gateway's
// second API, as AWS's model names them, to what [apis.Service] does. A test
// holds the table against the model: every operation is served or declined, and
// so is every member.
package apigatewayv2
