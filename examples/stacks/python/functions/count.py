"""Counts the words of a message: {"action": "count", "text": "..."}."""

import json


def handler(event, _context):
    text = json.loads(event["body"]).get("text", "")
    return {"statusCode": 200, "body": json.dumps({"words": len(text.split())})}
