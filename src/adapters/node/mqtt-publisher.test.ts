// Against a real broker, Debian's Mosquitto.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { freePort, listenTo, mosquitto, startBroker } from '../../../tests/fixtures/mosquitto.js';
import { describeWith } from '../../../tests/requirements.js';
import { ConfigError, DeviceError } from '../../core/errors.js';
import { MqttPublisher } from './mqtt-publisher.js';

const folder = mkdtempSync(join(tmpdir(), 'moodlens-mqtt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let brokers: ChildProcess[] = [];
afterEach(() => {
  for (const one of brokers) one.kill('SIGKILL');
  brokers = [];
});
async function start(port: number, more?: string): Promise<void> {
  brokers.push(await startBroker(folder, port, more));
}

describeWith(mosquitto, 'MqttPublisher', () => {
  it('is online while it is there, and its news are kept for who comes later', async () => {
    const port = await freePort();
    await start(port);
    const said: string[] = [];
    const onStatus = (text: string) => said.push(text);
    const publisher = await MqttPublisher.open(`mqtt://127.0.0.1:${port}`, { root: 'home/cam', onStatus });
    publisher.publish('home/cam/faces', '{"count":1}');
    const kept = await listenTo(port);
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
    await expect.poll(() => said).toHaveLength(1);
    for (let count = 0; count < 50; count++) publisher.publish('moodlens/faces', String(count));
    await start(port);
    await expect.poll(() => said).toHaveLength(2);
    const kept = await listenTo(port);
    await expect.poll(() => Object.fromEntries(kept)).toEqual({ 'moodlens/status': 'online', 'moodlens/faces': '49' });
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
