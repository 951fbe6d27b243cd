<?php
// The guide's backend in PHP 8 without any dependency: it signs its pushes itself.
//   WEBSOCKET_ENDPOINT=http://127.0.0.1:4566/<api-id>/prod php -S 127.0.0.1:8080 backend.php
// The keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the region AWS_REGION. The same
// with AWS SDK for PHP stands in docs/recipes.md.
declare(strict_types=1);

final class GoneException extends RuntimeException {}

/** POST with a signature of version 4; returns the status. */
function post(string $url, string $body): int
{
    $at = parse_url($url);
    $host = $at['host'] . (isset($at['port']) ? ':' . $at['port'] : '');
    $time = gmdate('Ymd\THis\Z');
    $parts = [substr($time, 0, 8), getenv('AWS_REGION') ?: 'us-east-1', 'execute-api', 'aws4_request'];
    $scope = implode('/', $parts);
    $path = implode('/', array_map('rawurlencode', explode('/', $at['path']))); // the path as sent, encoded once more
    $canonical = "POST\n$path\n\nhost:$host\nx-amz-date:$time\n\nhost;x-amz-date\n" . hash('sha256', $body);
    $text = "AWS4-HMAC-SHA256\n$time\n$scope\n" . hash('sha256', $canonical);
    $key = 'AWS4' . getenv('AWS_SECRET_ACCESS_KEY');
    foreach ($parts as $part) {
        $key = hash_hmac('sha256', $part, $key, true);
    }
    $credential = getenv('AWS_ACCESS_KEY_ID') . "/$scope";
    $signature = hash_hmac('sha256', $text, $key);
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => "Host: $host\r\nX-Amz-Date: $time\r\nContent-Type: application/json\r\nConnection: close\r\n" .
            "Authorization: AWS4-HMAC-SHA256 Credential=$credential, SignedHeaders=host;x-amz-date, Signature=$signature",
        'content' => $body, 'ignore_errors' => true, 'timeout' => 10,
    ]]);
    if (@file_get_contents($url, false, $context) === false) {
        throw new RuntimeException("no answer from $host");
    }
    return (int) explode(' ', $http_response_header[0])[1];
}

/**
 * Sends one message. On AWS a connection takes messages only after $connect was answered:
 * until then a push fails with 410, so the first one is tried for a second.
 */
function push(string $connectionId, array $message, int $tries = 1): void
{
    $url = getenv('WEBSOCKET_ENDPOINT') . '/@connections/' . rawurlencode($connectionId);
    while (($status = post($url, json_encode($message, JSON_UNESCAPED_SLASHES))) !== 200) {
        if ($status !== 410) {
            throw new RuntimeException("push answered $status");
        }
        if (--$tries <= 0) {
            throw new GoneException();
        }
        usleep(200_000);
    }
}

if ($_SERVER['REQUEST_METHOD'] !== 'POST' || $_SERVER['REQUEST_URI'] !== '/api/reports/create') {
    http_response_code(404);
    return;
}
$order = json_decode(file_get_contents('php://input'), true);
if (!is_string($order['connectionId'] ?? null) || !is_string($order['type'] ?? null)) {
    http_response_code(400);
    return;
}
// The answer goes out whole, then the script goes on. Under PHP-FPM call fastcgi_finish_request().
ignore_user_abort(true);
$answer = '{"accepted":true}';
http_response_code(201);
header('Content-Type: application/json');
header('Content-Length: ' . strlen($answer));
header('Connection: close');
echo $answer;
while (ob_get_level() > 0) {
    ob_end_flush();
}
flush();
try {
    push($order['connectionId'], ['status' => 'progress', 'percent' => 50], 6);
    // Make the report here.
    push($order['connectionId'], ['status' => 'done', 'url' => 'https://files.example.com/' . rawurlencode($order['type']) . '.xlsx']);
    error_log("pushed {$order['type']} to {$order['connectionId']}");
} catch (GoneException) {
    error_log("gone: {$order['connectionId']} has closed; the report of {$order['type']} is dropped");
} catch (RuntimeException $failure) {
    error_log("push to {$order['connectionId']} failed: {$failure->getMessage()}");
}
