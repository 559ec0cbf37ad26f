// A process of its own that tries one device (argv: its name): a broken driver can end a process. Prints a line of JSON.
import { GraphBuilder } from '../../../core/onnx/graph-builder.js';
import { type DeviceName, openSession } from '../session.js';

const graph = new GraphBuilder('probe');
const [x, y] = [graph.input('x', 'float32', [2, 2]), graph.input('y', 'float32', [2, 2])];
graph.output(graph.node('MatMul', [x, y], {}, 'product'), 'float32', [2, 2]);

try {
  const session = await openSession(graph.build(), { device: process.argv[2] as DeviceName });
  const tensor = (...values: number[]) => ({ dims: [2, 2], data: Float32Array.from(values) });
  const { product } = await session.run({ x: tensor(1, 2, 3, 4), y: tensor(5, 6, 7, 8) });
  await session.release();
  const isRight = String(product?.data) === '19,22,43,50';
  report(isRight ? undefined : `it says that [[1,2],[3,4]] x [[5,6],[7,8]] is ${product?.data}`);
} catch (error) {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  report(cause instanceof Error ? cause.message : String(cause));
}

function report(problem: string | undefined): void {
  process.stdout.write(`${JSON.stringify({ problem })}\n`);
}
