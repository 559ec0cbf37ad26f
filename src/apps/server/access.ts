// Who may ask this server: only this machine's browser, only our own page in it, and only whoever has the token.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly text: string;
}

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for a Host header that names this machine, whatever the port: another name means DNS rebinding. */
function isLoopbackHost(host: string | undefined): host is string {
  if (host === undefined) return false;
  return loopbackNames.has(host.replace(/:\d{1,5}$/, '').toLowerCase());
}

/**
 * A server's secret. It stands in the address that the user opens; the page then has it as a cookie, so that other users
 * of the machine and other programs' pages cannot look through its camera.
 */
export class Access {
  /** 192 random bits as text. */
  readonly token = randomBytes(24).toString('base64url');

  /** Why a request is refused; undefined when it is not. `url` is its path with the query. */
  refusal(url: string, headers: IncomingHttpHeaders): Refusal | undefined {
    const { host, origin, cookie } = headers;
    if (!isLoopbackHost(host)) {
      return {
        status: 421,
        text: 'This server answers only to 127.0.0.1 and localhost; open it under one of these names.',
      };
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      return { status: 403, text: 'Requests must come from the page this server sends; another origin asked.' };
    }
    if (this.#isToken(tokenOf(url)) || this.#isToken(readCookie(cookie, cookieName(host)))) return undefined;
    return {
      status: 401,
      text: "Open the address that 'moodlens live' printed when it started, with its token; each start has a new one.",
    };
  }

  /** The cookie to set on a request that is not refused; undefined when its address has no token. */
  cookieFor(url: string, host: string | undefined): string | undefined {
    const token = tokenOf(url);
    if (host === undefined || !this.#isToken(token)) return undefined;
    return `${cookieName(host)}=${token}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Takes the same time whatever is wrong with it. */
  #isToken(text: string | undefined): text is string {
    const hash = (of: string) => createHash('sha256').update(of).digest();
    return text !== undefined && timingSafeEqual(hash(text), hash(this.token));
  }
}

/** Cookies are not kept apart by port, and several servers may run. */
function cookieName(host: string): string {
  return `moodlens-${/:(\d+)$/.exec(host)?.[1] ?? '80'}`;
}

function tokenOf(url: string): string | undefined {
  const query = url.indexOf('?');
  return query < 0 ? undefined : (new URLSearchParams(url.slice(query)).get('token') ?? undefined);
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
