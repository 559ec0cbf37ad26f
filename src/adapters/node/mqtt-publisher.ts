// Publishes results to an MQTT broker (mqtt://, mqtts://), with a retained status: online, and offline by the last will.
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { ConfigError, DeviceError } from '../../core/errors.js';

export interface MqttOptions {
  /** Begins every topic; default moodlens. */
  readonly root?: string;
  /** Hears of every loss and return of the broker. */
  readonly onStatus?: (text: string) => void;
  /** Before the first connection is given up, ms; default 10,000. */
  readonly connectMs?: number;
}

export class MqttPublisher {
  readonly root: string;
  readonly #client: MqttClient;
  /** The newest of each topic. */
  readonly #retained = new Map<string, string>();
  #isClosing = false;

  private constructor(client: MqttClient, root: string) {
    this.#client = client;
    this.root = root;
  }

  /** `url`: mqtt://[user:password@]host[:port]. Throws ConfigError for another address, DeviceError when no broker answers. */
  static async open(url: string, options: MqttOptions = {}): Promise<MqttPublisher> {
    const { root = 'moodlens', onStatus = () => undefined, connectMs = 10_000 } = options;
    const place = placeOf(url);
    if (root === '' || /[+#]|^\/|\/$/.test(root) || root.includes('\0')) {
      throw new ConfigError(`a topic must not be empty, hold + or #, or begin or end with /, found '${root}'`);
    }
    const status = `${root}/status`;
    const will = { topic: status, payload: Buffer.from('offline'), qos: 1 as const, retain: true };
    let client: MqttClient;
    try {
      client = await connectAsync(url, { will, connectTimeout: connectMs, reconnectPeriod: 1000, clean: true }, false);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
      throw new DeviceError(
        `an MQTT broker must answer at ${place}, found: ${reason}; start it, or check address and password`,
        { cause },
      );
    }
    const publisher = new MqttPublisher(client, root);
    let isLost = false;
    client.on('close', () => {
      if (!isLost && !publisher.#isClosing) onStatus(`the MQTT broker at ${place} is lost; trying again every second`);
      isLost = true;
    });
    client.on('connect', () => {
      if (isLost) onStatus(`the MQTT broker at ${place} is back`);
      isLost = false;
      client.publish(status, 'online', { qos: 1, retain: true });
      publisher.#tellAgain();
    });
    // Said by 'close'; without a listener it would end the process.
    client.on('error', () => undefined);
    client.publish(status, 'online', { qos: 1, retain: true });
    return publisher;
  }

  /**
   * Retained by the broker. After a reconnect the last message of each topic is published again: the broker may have lost it, and
   * a message just before the connection broke may not have arrived.
   */
  publish(topic: string, payload: string): void {
    this.#retained.set(topic, payload);
    if (this.#client.connected) this.#client.publish(topic, payload, { qos: 0, retain: true });
  }

  /** Waits two seconds at most: a broker that does not answer is told nothing more, and its own will says that we are gone. */
  async close(): Promise<void> {
    // Our own going is no loss.
    this.#isClosing = true;
    const status = `${this.root}/status`;
    const goodbye = async () => {
      if (this.#client.connected) await this.#client.publishAsync(status, 'offline', { qos: 1, retain: true });
      await this.#client.endAsync(!this.#client.connected);
    };
    const isSaid = await Promise.race([goodbye().then(() => true), sleep(goodbyeMs, false, { ref: false })]).catch(
      () => false,
    );
    if (!isSaid) this.#client.end(true);
  }

  #tellAgain(): void {
    for (const [topic, payload] of this.#retained) this.#client.publish(topic, payload, { qos: 0, retain: true });
  }
}

const goodbyeMs = 2000;

/** The address without user and password. */
function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['mqtt:', 'mqtts:'].includes(parsed.protocol) || parsed.host === '') {
    throw new ConfigError('--publish must look like mqtt://localhost:1883 or mqtts://host');
  }
  return `${parsed.protocol}//${parsed.host}`;
}
