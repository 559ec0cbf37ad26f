// A PNG file as a data URI: `data:image/png;base64,…` (RFC 2397, RFC 4648).

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The data URI of a PNG file's bytes. */
export function pngDataUri(png: Uint8Array): string {
  return `data:image/png;base64,${encodeBase64(png)}`;
}

function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => alphabet[(bits >> shift) & 63]!).join('');
    const missing = Math.max(0, i + 3 - bytes.length);
    parts.push(missing === 0 ? digits : digits.slice(0, 4 - missing).padEnd(4, '='));
  }
  return parts.join('');
}
