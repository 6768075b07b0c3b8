import type { LifetimeLimits } from '../../token/index.ts'
import type { Call, OptionSpec } from '../command.ts'
import { parseExpires } from './expires.ts'

const levels = ['error', 'warn', 'warning', 'info', 'verbose', 'debug'] as const

export const logLevelOption: OptionSpec = {
  flags: '--loglevel <level>',
  description: 'how much is said on stderr',
  choices: levels,
  otherwise: 'info',
}

/** @param lengths what the product takes, as examples */
export function expiresOption(lengths: string): OptionSpec {
  const description = `how long the token is valid: ${lengths}; a bare number is seconds`
  return { flags: '--expires <time>', description }
}

const minimalOutputOption: OptionSpec = {
  flags: '--minimal-output',
  description: 'nothing changes for tokens: the token stands alone on stdout always',
}

/** The options that both of qs-jwt's create commands have, as qs-jwt 1.14 names them. */
export const createOptions: readonly OptionSpec[] = [
  { flags: '--username <name>', description: 'the name of the user' },
  { flags: '--useremail <email>', description: 'the e-mail address of the user' },
  { flags: '--groups <groups...>', description: 'groups, blanks between' },
  { flags: '--cert-privatekey-file <file>', description: 'the file with the private key' },
  {
    flags: '--cert-privatekey <privatekey>',
    description: 'the private key itself (PEM); others see it in the list of processes',
    secret: true,
  },
  {
    flags: '--cert-create [bool]',
    description: 'make a key and certificate, and sign with it (true, false)',
    otherwise: 'false',
  },
  { flags: '--cert-file-prefix <prefix>', description: 'put before the names of the three files' },
  { flags: '--cert-create-expires-days <days>', description: 'how long the certificate is valid' },
  minimalOutputOption,
  logLevelOption,
]

/** Says what jotgate does differently from qs-jwt, unless --loglevel keeps it quiet. */
export function noteDifference(call: Call, text: string): void {
  if (call.values.text('loglevel') !== 'error') call.note(`note: differs from qs-jwt: ${text}`)
}

/** Checks that the options are there, the key's among them. */
export function requireOptions(call: Call, names: Readonly<Record<string, string>>): void {
  const problems = Object.entries(names)
    .filter(([name]) => call.values.text(name) === undefined)
    .map(([, flag]) => `${flag} is missing`)
  const isMade = wantsNewKey(call)
  const hasKey = ['certPrivatekey', 'certPrivatekeyFile'].some((name) => call.values.isOn(name))
  if (!isMade && !hasKey)
    problems.push('the key is missing: --cert-privatekey-file, --cert-privatekey or --cert-create')
  const days = call.values.text('certCreateExpiresDays')
  if (isMade && days === undefined)
    problems.push('--cert-create-expires-days is missing: --cert-create needs it')
  else if (isMade && !isDays(days))
    problems.push('--cert-create-expires-days must be a whole number from 1 to 7300')
  if (problems.length > 0) throw call.refuse(...problems)
}

const isDays = (text = '') => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 7300

/** `--cert-create` alone means true. */
export function wantsNewKey(call: Call): boolean {
  const text = call.values.text('certCreate')
  if (text === undefined || text === 'false') return false
  if (text === '' || text === 'true') return true
  throw call.refuse('--cert-create must be true or false')
}

/** The lifetime in seconds: whole, longer than nothing, and as long as the product allows. */
export function lifetimeOf(call: Call, { maxSeconds, maxInWords, reason }: LifetimeLimits): number {
  const text = call.values.text('expires')
  if (text === undefined) throw call.refuse('--expires is missing')
  const seconds = parseExpires(text)
  if (seconds === undefined || seconds < 1)
    throw call.refuse('--expires must be a time of at least a second, such as 60s, 15m or 1h')
  if (/^\d+$/.test(text))
    noteDifference(
      call,
      '--expires without a unit counts seconds; qs-jwt counted milliseconds, of which 3600 made a token of three seconds',
    )
  if (seconds > maxSeconds)
    throw call.refuse(`--expires is over ${maxInWords}: ${reason}; write --expires 1h`)
  return Math.floor(seconds)
}
