// Access to this server: only a browser of this machine, only the live page in it, and only with the token.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly text: string;
}

/** A request is refused, or answered, with a cookie for the page that sent a token or ticket. */
export type Admission = { readonly refusal: Refusal } | { readonly cookie: string | undefined };

/** A ticket's lifetime, milliseconds. */
const ticketMs = 60_000;
const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for a Host header that names this machine, whatever the port: another name means DNS rebinding. */
function isLoopbackHost(host: string | undefined): host is string {
  if (host === undefined) return false;
  return loopbackNames.has(host.replace(/:\d{1,5}$/, '').toLowerCase());
}

/**
 * A server's secret. It is part of the address that the user opens, and then a cookie of the page, so that other users of the
 * machine and pages of other programs cannot see its camera.
 */
export class Access {
  /** 192 random bits as text. */
  readonly token = secret();
  readonly #clock: () => number;
  #ticket: { readonly text: string; readonly untilMs: number } | undefined;

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /**
   * A ticket replaces the token once, within a minute: for addresses that others can see, such as the arguments of a program. A new
   * ticket invalidates the one before.
   */
  ticket(): string {
    const text = secret();
    this.#ticket = { text, untilMs: this.#clock() + ticketMs };
    return text;
  }

  /** `url` is the request's path with the query. */
  admit(url: string, { host, origin, cookie }: IncomingHttpHeaders): Admission {
    if (!isLoopbackHost(host)) {
      return refused(421, 'This server answers only to 127.0.0.1 and localhost; open it under one of these names.');
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      return refused(403, 'Requests must come from the page this server sends; another origin asked.');
    }
    const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
    if (isSame(query.get('token'), this.token) || this.#isTicket(query.get('ticket'))) {
      return { cookie: `${cookieName(host)}=${this.token}; Path=/; HttpOnly; SameSite=Strict` };
    }
    if (isSame(readCookie(cookie, cookieName(host)), this.token)) return { cookie: undefined };
    return refused(
      401,
      "Open the address that 'moodlens live' printed when it started, with its token; each start has a new one.",
    );
  }

  #isTicket(text: string | null): boolean {
    const ticket = this.#ticket;
    if (!ticket || !isSame(text, ticket.text)) return false;
    this.#ticket = undefined;
    return this.#clock() < ticket.untilMs;
  }
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

function refused(status: Refusal['status'], text: string): Admission {
  return { refusal: { status, text } };
}

/** Compares in constant time. */
function isSame(text: string | null | undefined, wanted: string): boolean {
  const hash = (of: string) => createHash('sha256').update(of).digest();
  return typeof text === 'string' && timingSafeEqual(hash(text), hash(wanted));
}

/** Cookies are not kept apart by port, and several servers may run. */
function cookieName(host: string): string {
  return `moodlens-${/:(\d+)$/.exec(host)?.[1] ?? '80'}`;
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
