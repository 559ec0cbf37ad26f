// Against a real broker, Debian's Mosquitto.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { describeWith, requireCommand } from '../../../tests/requirements.js';
import { ConfigError, DeviceError } from '../../core/errors.js';
import { MqttPublisher } from './mqtt-publisher.js';

const folder = mkdtempSync(join(tmpdir(), 'moodlens-mqtt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Debian puts it where only root's PATH looks.
const outside = '/usr/sbin/mosquitto';
const broker = existsSync(outside) ? { path: outside, missing: undefined } : requireCommand('mosquitto');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let brokers: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const one of brokers) one.kill('SIGKILL');
  brokers = [];
});
async function start(port: number, more = 'allow_anonymous true'): Promise<void> {
  const config = join(folder, `${port}.conf`);
  writeFileSync(config, `listener ${port} 127.0.0.1\n${more}\n`);
  const running = spawn(broker.path, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  brokers.push(running);
  await new Promise<void>((resolve) => {
    running.stderr!.on('data', (text: Buffer) => String(text).includes('running') && resolve());
  });
}

/** Everything that a listener who comes now is told, and is told from then on. */
async function listen(port: number): Promise<Map<string, string>> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  const kept = new Map<string, string>();
  client.on('message', (topic, payload) => kept.set(topic, payload.toString()));
  await client.subscribeAsync('#');
  return kept;
}

describeWith(broker, 'MqttPublisher', () => {
  it('is online while it is there, and its news are kept for who comes later', async () => {
    const port = await freePort();
    await start(port);
    const said: string[] = [];
    const onStatus = (text: string) => said.push(text);
    const publisher = await MqttPublisher.open(`mqtt://127.0.0.1:${port}`, { root: 'home/cam', onStatus });
    publisher.publish('home/cam/faces', '{"count":1}');
    const kept = await listen(port);
    await expect
      .poll(() => Object.fromEntries(kept))
      .toEqual({ 'home/cam/status': 'online', 'home/cam/faces': '{"count":1}' });
    await publisher.close();
    await expect.poll(() => kept.get('home/cam/status')).toBe('offline');
    expect(said).toEqual([]);
  });

  it('waits for a broker that goes, says so, and then tells the newest', async () => {
    const port = await freePort();
    await start(port);
    const said: string[] = [];
    const publisher = await MqttPublisher.open(`mqtt://127.0.0.1:${port}`, { onStatus: (text) => said.push(text) });
    brokers.pop()!.kill('SIGKILL');
    await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(1);
    for (let count = 0; count < 50; count++) publisher.publish('moodlens/faces', String(count));
    await start(port);
    await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(2);
    const kept = await listen(port);
    await expect
      .poll(() => Object.fromEntries(kept), { timeout: 10_000 })
      .toEqual({ 'moodlens/status': 'online', 'moodlens/faces': '49' });
    expect(said).toEqual([expect.stringContaining('is lost'), expect.stringContaining('is back')]);
    await publisher.close();
  });

  it('never says the password', async () => {
    const port = await freePort();
    await start(port, 'allow_anonymous false');
    const refused = MqttPublisher.open(`mqtt://ada:secret@127.0.0.1:${port}`);
    await expect(refused).rejects.toBeInstanceOf(DeviceError);
    await expect(refused).rejects.toThrow(
      /^an MQTT broker must answer at mqtt:\/\/127\.0\.0\.1:\d+, found: (?!.*secret).*check address and password$/,
    );
  });
});

describe('a publisher that cannot be', () => {
  it.each(['http://x', 'mqtt:', 'localhost'])('refuses the address %s', async (url) => {
    await expect(MqttPublisher.open(url)).rejects.toBeInstanceOf(ConfigError);
  });

  it.each(['', 'a/#', '/a', 'a/'])("refuses the topic '%s'", async (root) => {
    await expect(MqttPublisher.open('mqtt://127.0.0.1:1', { root })).rejects.toThrow(/a topic must not be empty/);
  });

  it('says when nobody answers', async () => {
    const nobody = MqttPublisher.open(`mqtt://127.0.0.1:${await freePort()}`);
    await expect(nobody).rejects.toThrow(/must answer at mqtt:\/\/127\.0\.0\.1:\d+, found: .+; start it/);
  });
});
