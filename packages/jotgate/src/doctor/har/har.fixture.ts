// Small HAR files as programs write them, by hand: what each has, names and leaves out.

/** What happened, before a program wrote it down. */
export interface Happened {
  readonly url: string
  readonly method?: string
  /** 0 when no answer came, or none that the page may read. */
  readonly status?: number
  /** `page`, `frame`, `fetch`, `socket` or `preflight`; fetch when omitted. */
  readonly kind?: 'page' | 'frame' | 'fetch' | 'socket' | 'preflight'
  readonly sent?: Readonly<Record<string, string>>
  readonly came?: Readonly<Record<string, string>>
  readonly posted?: string
  readonly body?: string
  /** What a browser calls the failure. */
  readonly failure?: string
  /** The messages of a web socket: those with `<` came. */
  readonly messages?: readonly string[]
  readonly at?: string
  readonly time?: number
}

/** The programs whose form is written. */
export type Recorder = 'chrome' | 'chrome-sanitised' | 'firefox' | 'safari' | 'playwright'

export const recorders: readonly Recorder[] = [
  'chrome',
  'chrome-sanitised',
  'firefox',
  'safari',
  'playwright',
]

const creators: Readonly<Record<Recorder, { name: string; version: string }>> = {
  chrome: { name: 'WebInspector', version: '537.36' },
  'chrome-sanitised': { name: 'WebInspector', version: '537.36' },
  firefox: { name: 'Firefox', version: '145.0' },
  safari: { name: 'WebKit Web Inspector', version: '1.0' },
  playwright: { name: 'Playwright', version: '1.65.1' },
}

/** A HAR of what happened, as a value. */
export function harOf(recorder: Recorder, all: readonly Happened[]) {
  return {
    log: {
      version: recorder === 'firefox' ? '1.1' : '1.2',
      creator: { ...creators[recorder] },
      pages: [{ startedDateTime: start, id: 'page_1', title: 'Acme', pageTimings: {} }],
      entries: all
        // Firefox and Safari do not show preflights.
        .filter(({ kind }) => kind !== 'preflight' || recorder.startsWith('chrome'))
        .map((one, index) => entryOf(recorder, one, index)),
    },
  }
}

/** The same as the bytes of a file. */
export const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

const start = '2026-11-29T08:00:00.000Z'

const hidden = /^(cookie|set-cookie|authorization)$/

function entryOf(recorder: Recorder, one: Happened, index: number) {
  const { url, method = 'GET', status = 200, kind = 'fetch', posted, body, failure } = one
  const fields = (headers: Readonly<Record<string, string>>) =>
    Object.entries(headers)
      .filter(([name]) => recorder !== 'chrome-sanitised' || !hidden.test(name))
      .flatMap(([name, value]) => value.split('\n').map((line) => ({ name, value: line })))
  const modes = { page: 'document', frame: 'iframe', fetch: 'empty', socket: 'websocket' }
  const isOpen = recorder !== 'playwright' || status !== 0
  const sent = {
    ...(kind === 'preflight' || !isOpen ? {} : { 'sec-fetch-dest': modes[kind] }),
    ...one.sent,
  }
  const type = { page: 'document', frame: 'document', fetch: 'fetch', socket: 'websocket' }
  const own = recorder.startsWith('chrome') || recorder === 'playwright'
  const content =
    body === undefined || (recorder === 'firefox' && status === 204)
      ? {}
      : recorder === 'safari'
        ? { text: Buffer.from(body).toString('base64'), encoding: 'base64' }
        : { text: body }
  return {
    pageref: 'page_1',
    startedDateTime: one.at ?? new Date(Date.parse(start) + index * 100).toISOString(),
    time: one.time ?? 12.5,
    request: {
      method,
      url: recorder === 'firefox' ? url.replace(/^ws/, 'http') : url,
      httpVersion: 'HTTP/2',
      headers: fields(
        kind === 'socket' ? { ...sent, upgrade: 'websocket', connection: 'Upgrade' } : sent,
      ),
      cookies: [],
      queryString: [],
      headersSize: -1,
      bodySize: 0,
      ...(posted === undefined ? {} : { postData: { mimeType: 'application/json', text: posted } }),
    },
    response: {
      status: status === 0 && recorder === 'playwright' ? -1 : status,
      statusText: '',
      httpVersion: 'HTTP/2',
      headers: fields(one.came ?? {}),
      cookies: [],
      content: { size: 0, mimeType: 'application/json', ...content },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
      ...(failure === undefined || !own
        ? {}
        : { [recorder === 'playwright' ? '_failureText' : '_error']: failure }),
    },
    cache: {},
    timings: { send: 0, wait: 12, receive: 0 },
    ...(own ? { _resourceType: kind === 'preflight' ? 'preflight' : type[kind] } : {}),
    ...(own && kind === 'socket'
      ? {
          _webSocketMessages: (one.messages ?? []).map((text) => ({
            type: text.startsWith('<') ? 'receive' : 'send',
            time: 1,
            opcode: 1,
            data: text.replace(/^[<>]\s*/, ''),
          })),
        }
      : {}),
  }
}
