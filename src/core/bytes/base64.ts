// Bytes as text and back: base64 of RFC 4648, with padding.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits = Uint8Array.from(alphabet, (digit) => digit.charCodeAt(0));
const padding = '='.charCodeAt(0);
const values = new Int8Array(128).fill(-1);
digits.forEach((code, value) => {
  values[code] = value;
});

/** Most arguments of one call. */
const chunk = 8192;

export function encodeBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(4 * Math.ceil(bytes.length / 3)).fill(padding);
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const bits = (bytes[from]! << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    const used = Math.min(3, bytes.length - from) + 1;
    for (let digit = 0; digit < used; digit++) codes[to + digit] = digits[(bits >> (18 - 6 * digit)) & 63]!;
  }
  const parts: string[] = [];
  for (let at = 0; at < codes.length; at += chunk) parts.push(String.fromCharCode(...codes.subarray(at, at + chunk)));
  return parts.join('');
}

/** The bytes; undefined when the text is no base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const missing = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0) return undefined;
  const bytes = new Uint8Array((text.length / 4) * 3 - missing);
  const end = text.length - missing;
  let bits = 0;
  for (let at = 0, to = 0; at < end; at++) {
    const value = values[text.charCodeAt(at)] ?? -1;
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    if (at % 4 !== 0) bytes[to++] = (bits >> (6 - 2 * (at % 4))) & 255;
  }
  return bytes;
}
