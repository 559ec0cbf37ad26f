// Cameras of the three systems, from what each of them lists; addresses are arguments, never options.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, DeviceError } from '../../../core/errors.js';
import { cameraInput, listCameras, parseAvfoundation, parseDirectShow } from './cameras.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-cameras-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('on Linux', () => {
  const place = { platform: 'linux' as const, sysfs: join(root, 'sysfs') };
  beforeAll(() => {
    for (const [node, name, index] of [
      ['video10', 'Back\n', '0'],
      ['video0', 'Integrated Camera: Int\n', '0'],
      // The same camera's metadata.
      ['video1', 'Integrated Camera: Int\n', '1'],
      ['video2', '-i /etc/passwd\n', '0'],
    ] as const) {
      mkdirSync(join(place.sysfs, node), { recursive: true });
      writeFileSync(join(place.sysfs, node, 'name'), name);
      writeFileSync(join(place.sysfs, node, 'index'), index);
    }
    mkdirSync(join(place.sysfs, 'v4l-subdev0'));
  });

  it('lists a node for each camera, in the order of their numbers', async () => {
    expect(await listCameras(place)).toEqual([
      { index: 0, name: 'Integrated Camera: Int', device: '/dev/video0' },
      { index: 1, name: '-i /etc/passwd', device: '/dev/video2' },
      { index: 2, name: 'Back', device: '/dev/video10' },
    ]);
    expect(await listCameras({ ...place, sysfs: join(root, 'none') })).toEqual([]);
  });

  it.each([
    ['camera', '/dev/video0'],
    ['camera:2', '/dev/video10'],
    ['camera:integrated', '/dev/video0'],
    ['camera:back', '/dev/video10'],
    ['camera:-i /etc/passwd', '/dev/video2'],
  ])('takes %s, and asks for nothing but that device', async (spec, device) => {
    const { kind, url, inputArguments } = await cameraInput(spec, place);
    expect([kind, url]).toEqual(['camera', device]);
    expect(inputArguments).toEqual([
      '-protocol_whitelist',
      'file',
      '-format_whitelist',
      'v4l2,video4linux2',
      '-f',
      'v4l2',
      '-i',
      device,
    ]);
  });

  it('says what there is when a name fits none or several', async () => {
    await expect(cameraInput('camera:front', place)).rejects.toThrow(
      /camera:front must fit one camera and fits none; there are 0 \(Integrated Camera: Int\), 1 .*, 2 \(Back\)/,
    );
    await expect(cameraInput('camera:a', place)).rejects.toThrow(/fits 3 cameras/);
    await expect(cameraInput('camera:9', place)).rejects.toBeInstanceOf(DeviceError);
    await expect(cameraInput('camera: ', place)).rejects.toBeInstanceOf(ConfigError);
  });
});

it("reads macOS's list, without screens and microphones", () => {
  const text = `[AVFoundation indev @ 0x7f] AVFoundation video devices:
[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7f] [1] USB Camera [2]
[AVFoundation indev @ 0x7f] [2] Capture screen 0
[AVFoundation indev @ 0x7f] AVFoundation audio devices:
[AVFoundation indev @ 0x7f] [0] MacBook Microphone
`;
  expect(parseAvfoundation(text)).toEqual([
    { index: 0, name: 'FaceTime HD Camera', device: '0' },
    { index: 1, name: 'USB Camera [2]', device: '1' },
  ]);
});

it("reads Windows' list of ffmpeg 4 and of later ones", () => {
  const cameras = [
    { index: 0, name: 'Integrated Webcam', device: '@device_pnp_1' },
    { index: 1, name: 'OBS: Virtual', device: '@device_sw_2' },
  ];
  const before5 = `[dshow @ 0x1] DirectShow video devices (some may be both video and audio devices)
[dshow @ 0x1]  "Integrated Webcam"
[dshow @ 0x1]     Alternative name "@device_pnp_1"
[dshow @ 0x1]  "OBS: Virtual"
[dshow @ 0x1]     Alternative name "@device_sw_2"
[dshow @ 0x1] DirectShow audio devices
[dshow @ 0x1]  "Microphone"
[dshow @ 0x1]     Alternative name "@device_cm_3"
`;
  const later = `[dshow @ 0x1] "Integrated Webcam" (video)
[dshow @ 0x1]   Alternative name "@device_pnp_1"
[dshow @ 0x1] "OBS: Virtual" (video, audio)
[dshow @ 0x1]   Alternative name "@device_sw_2"
[dshow @ 0x1] "Microphone" (audio)
[dshow @ 0x1]   Alternative name "@device_cm_3"
`;
  expect(parseDirectShow(before5.replaceAll('\n', '\r\n'))).toEqual(cameras);
  expect(parseDirectShow(later)).toEqual(cameras);
});
