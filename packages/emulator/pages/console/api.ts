/** The refusal of the control API. */
export interface ApiFailure extends Error {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const storageName = 'jotgate-emulator console session'

/** Asks the person for the key; resolves with false when the person declines. */
type AskForKey = () => Promise<boolean>

let askForKey: AskForKey = async () => false
export function onKeyWanted(ask: AskForKey): void {
  askForKey = ask
}

function failure(status: number, body: unknown): ApiFailure {
  const members = (typeof body === 'object' && body !== null ? body : {}) as ApiFailure['body']
  const text = [members.error, members.hint].filter((one) => typeof one === 'string').join('. ')
  return Object.assign(new Error(text || `The emulator answered ${status}`), {
    status,
    body: members,
  })
}

export function isApiFailure(error: unknown): error is ApiFailure {
  return error instanceof Error && 'status' in error && 'body' in error
}

/** Opens a session of the console; the key itself is kept nowhere. */
export async function giveKey(key: string): Promise<boolean> {
  const response = await fetch('/_emulator/api/console-sessions', {
    method: 'POST',
    // A key is visible ASCII; fetch would throw on anything else.
    headers: { authorization: `Bearer ${/^[\x21-\x7e]+$/.test(key) ? key : '-'}` },
  })
  if (!response.ok) return false
  const { token } = (await response.json()) as { token: string }
  sessionStorage.setItem(storageName, token)
  return true
}

export function hasSession(): boolean {
  return sessionStorage.getItem(storageName) !== null
}

/** Forgets the session here and at the emulator. */
export async function forgetKey(): Promise<void> {
  await fetch('/_emulator/api/console-sessions', {
    method: 'DELETE',
    headers: { authorization: `Bearer ${sessionStorage.getItem(storageName) ?? '-'}` },
  })
  sessionStorage.removeItem(storageName)
}

/** Asks whether the session still counts: the emulator may have been restarted. */
export async function checkSession(): Promise<void> {
  if (!hasSession()) return
  const authorization = `Bearer ${sessionStorage.getItem(storageName)}`
  const response = await fetch('/_emulator/api/check', {
    method: 'POST',
    headers: { authorization },
  })
  if (response.status === 401) sessionStorage.removeItem(storageName)
}

/**
 * Calls the control API. A write without a session asks for the key first.
 *
 * @throws ApiFailure when the emulator refuses
 */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const send = () =>
    fetch(`/_emulator/api${path}`, {
      method,
      headers: {
        ...(method === 'GET'
          ? {}
          : { authorization: `Bearer ${sessionStorage.getItem(storageName) ?? '-'}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  if (method !== 'GET' && !hasSession() && !(await askForKey()))
    throw failure(401, { error: 'Nothing was changed: this needs the administrator’s key' })
  let response = await send()
  if (response.status === 401) {
    sessionStorage.removeItem(storageName)
    if (await askForKey()) response = await send()
  }
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  const answer: unknown = isJson ? await response.json() : undefined
  if (!response.ok) throw failure(response.status, answer)
  return answer as T
}

export const get = <T>(path: string): Promise<T> => call<T>('GET', path)
