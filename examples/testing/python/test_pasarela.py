import unittest

import boto3

import pasarela


class Guide(unittest.TestCase):
    def test_an_api_is_made_and_found(self):
        with pasarela.start() as server:
            client = boto3.client("apigatewayv2", **server.client)
            client.create_api(Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action", Tags={"_custom_id_": "chat"})
            self.assertEqual(client.get_api(ApiId="chat")["Name"], "chat")

    def test_a_program_that_ends_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "pasarela ended"):
            with pasarela.start(program="/bin/false"):
                pass


if __name__ == "__main__":
    unittest.main()
