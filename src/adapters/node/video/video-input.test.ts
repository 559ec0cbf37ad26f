import { describe, expect, it } from 'vitest';
import { saidAbout, videoInput } from './video-input.js';

describe('videoInput', () => {
  it.each([
    ['rtsp://bob:secret@cam/1', 'rtsp://cam/1'],
    ['rtsp://bob:sec@ret@cam/1', 'rtsp://cam/1'],
    ['rtsp://bob:sec/ret@cam/1', 'rtsp://cam/1'],
    ['http://cam/video?user=bob&pwd=secret', 'http://cam/video?user=…&pwd=…'],
    ['https://bob:secret@cam/a@b?x=sec#ret', 'https://b?x=…#ret'],
  ])('names %s without its password', async (source, label) => {
    const input = await videoInput(source);
    expect(input).toMatchObject({ label, url: source });
    expect(input.inputArguments).toContain(source);
  });

  it('leaves no password in what ffmpeg says', async () => {
    const input = await videoInput('http://bob:secret@cam/live.m3u8?key=secret');
    const said = saidAbout(input, `${input.url}: refused; [hls] http://bob:secret@cam/1.ts?key=secret failed`);
    expect(said).toBe('http://cam/live.m3u8?key=…: refused; [hls] http://cam/1.ts?key=… failed');
    expect(saidAbout(input, `http://bob:${'secret'.repeat(300)}@cam/1`)).toBe('http://cam/1');
    expect(saidAbout(input, 'x'.repeat(5000)).length).toBe(1001);
  });
});
