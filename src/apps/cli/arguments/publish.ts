// `--publish` and `--topic`, for the commands that analyse a source.
import type { MqttPublisher } from '../../../adapters/node/mqtt-publisher.js';

export const publishOption = [
  '--publish <mqtt://host>',
  'send an MQTT broker who is present with which expression, never pictures; see docs/live.md',
] as const;
export const topicOption = ['--topic <name>', 'what the topics of --publish begin with', 'moodlens'] as const;

/** The library is loaded only here, because it takes a moment. `root` begins every topic. */
export async function openPublisher(url: string, root: string): Promise<MqttPublisher> {
  const { MqttPublisher } = await import('../../../adapters/node/mqtt-publisher.js');
  return MqttPublisher.open(url, { root, onStatus: (text) => process.stderr.write(`${text}\n`) });
}
