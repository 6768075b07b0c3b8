import { readBytes } from '../../values/index.ts'

/** A request for a small JSON document from exactly this address. */
export interface JsonRequest {
  url: string
  fetch: typeof globalThis.fetch
  timeoutMs: number
  maxBytes: number
}

/**
 * Fetches a JSON document within its limits. Throws an `Error` whose message says what was wrong and repeats
 * nothing of the answer.
 */
export async function fetchJson(request: JsonRequest): Promise<unknown> {
  const { timeoutMs } = request
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    // The caller's own `fetch` may ignore the signal.
    return await Promise.race([ask(request, signal), whenAborted(signal)])
  } catch (error) {
    if (signal.aborted)
      throw new Error(`there was no answer within ${timeoutMs} ms`, { cause: error })
    if (error instanceof TypeError)
      throw new Error('the server could not be reached, or closed the connection', { cause: error })
    throw error
  }
}

async function ask({ url, fetch, maxBytes }: JsonRequest, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'manual',
    cache: 'no-store',
    credentials: 'omit',
    signal,
  })
  const problem = problemOfHead(response)
  if (problem !== undefined) {
    await response.body?.cancel()
    throw new Error(problem)
  }
  if (response.body === null) throw new Error('the answer is not JSON')
  // The limit counts decompressed bytes, so that a small answer cannot become large here.
  const tooLarge = () => new Error(`the answer is larger than ${maxBytes} bytes`)
  return parse(await readBytes(response.body, maxBytes, tooLarge))
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function problemOfHead({ status, type, headers }: Response): string | undefined {
  if (type === 'opaqueredirect' || (status >= 300 && status < 400))
    return 'the server answered with a redirect, which is not followed'
  if (status !== 200) return `the server answered with status ${status}`
  const [mediaType = ''] = (headers.get('content-type') ?? '').split(';')
  if (!/^application\/([a-z0-9.-]+\+)?json$/i.test(mediaType.trim()))
    return 'the content type of the answer is not JSON'
  return undefined
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Error('the answer is not JSON')
  }
}
