// JavaScript files that a process or a worker thread runs.

/**
 * The address of a JavaScript file beside the caller, named as the caller would import it. Tests run the TypeScript
 * sources, which Node cannot load: for them it is the built file.
 */
export function builtFile(name: string, callerUrl: string): URL {
  const address = new URL(name, callerUrl).href;
  if (!callerUrl.endsWith('.ts')) return new URL(address);
  const source = address.lastIndexOf('/src/');
  return new URL(`${address.slice(0, source)}/dist/${address.slice(source + '/src/'.length)}`);
}
