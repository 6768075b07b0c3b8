import type { StepKind } from './recording.ts'

const words: Readonly<Record<StepKind, string>> = {
  page: 'opens the page',
  'host-token': 'asks the host for a token',
  'gateway-login': 'logs in at the gateway',
  'gateway-session': 'asks the gateway who this is',
  'gateway-logout': 'logs out at the gateway',
  preflight: 'asks whether it may ask',
  login: 'logs in to Qlik by the token',
  'csrf-token': 'gets the session’s CSRF token',
  user: 'asks Qlik who this is',
  frame: 'shows Qlik in a frame',
  'login-page': 'Qlik’s own login',
  socket: 'opens the app’s web socket',
  request: 'loads something of Qlik’s',
}

/** What a step is for, in words. */
export function whatOf(kind: StepKind, count: number): string {
  if (count === 1) return words[kind]
  return kind === 'request' ? `loads ${count} things of Qlik’s` : `${words[kind]} (${count} times)`
}
