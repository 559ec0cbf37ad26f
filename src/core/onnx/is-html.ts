// Tells a web page from a model: what a server answers, or a download leaves, where the file is not there.

/** Whether the bytes begin as an HTML document does, after white space, a byte order mark and comments. */
export function isHtml(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 1024)).replace(/^(\xef\xbb\xbf)?(\s|<!--[\s\S]*?-->)*/, '');
  return /^<(!doctype\s+html|html|head|body)\b/i.test(start);
}
