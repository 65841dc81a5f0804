<?php
// Signs a batch and uploads it: php upload.php BATCH KEYFILE URL. Needs nothing but PHP 7.4 or later.
// Prints the receipt and ends with 0, or the problem with 1. After a failure of the network the same may be done
// again: a batch that had arrived gets its first receipt.

declare(strict_types=1);

function base64url(string $data): string
{
    return rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
}

// A detached JWS over the exact bytes: what is signed is the header, a dot, and the batch.
function sign(string $batch, array $key): string
{
    $header = ['alg' => 'HS256', 'kid' => $key['kid'], 'b64' => false, 'crit' => ['b64']];
    $head = base64url(json_encode($header, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR));
    $secret = base64_decode(strtr($key['k'], '-_', '+/'));
    return $head . '..' . base64url(hash_hmac('sha256', $head . '.' . $batch, $secret, true));
}

if ($argc !== 4) {
    fwrite(STDERR, "usage: php upload.php BATCH KEYFILE URL\n");
    exit(2);
}
[, $path, $keyPath, $url] = $argv;
$batch = is_file($path) ? file_get_contents($path) : false;
if ($batch === false || !is_file($keyPath)) {
    fwrite(STDERR, "the batch or the key file cannot be read\n");
    exit(2);
}
$key = json_decode((string) file_get_contents($keyPath), true, 8, JSON_THROW_ON_ERROR);
$type = substr($path, -4) === '.csv' ? 'text/csv' : 'application/x-ndjson';
$context = stream_context_create(['http' => [
    'method' => 'POST',
    'header' => ["Content-Type: $type", 'Settled-Signature: ' . sign($batch, $key)],
    'content' => $batch,
    'ignore_errors' => true,
    'timeout' => 600,
]]);
$answer = file_get_contents("$url/v1/batches", false, $context);
if ($answer === false) {
    fwrite(STDERR, "the daemon cannot be reached\n");
    exit(3);
}
echo $answer, "\n";
exit(preg_match('~^HTTP/\S+ 20[01]\b~', $http_response_header[0]) === 1 ? 0 : 1);
