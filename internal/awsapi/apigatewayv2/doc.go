// Package apigatewayv2 is the table that maps the operations of API Gateway's second API,
// by their names in AWS's model, to the methods of package apis. A test compares the
// table with the model: every operation, and every member, is served or declined.
package apigatewayv2
