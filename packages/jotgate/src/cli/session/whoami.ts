import { isJotgateError } from '../../errors/index.ts'
import { getCurrentUser, type QlikUser } from '../../qlik/index.ts'
import { inspectToken } from '../../token/index.ts'
import { type Call, type CommandSpec, resultOptions } from '../command.ts'
import { inColumns, layoutFor } from '../layout.ts'
import { callerOptions, readSessionOpener } from './credentials.ts'
import { differencesOf, type Said } from './differences.ts'
import { createRestClient, type RestClient } from './rest-client.ts'

/** `jotgate whoami`. */
export const whoami: CommandSpec = {
  name: 'whoami',
  summary: 'who Qlik thinks this is, beside what the token said',
  description:
    'Opens a session and asks Qlik who it belongs to; what the token said stands beside the answer. Then it ends the session.',
  options: [...callerOptions, ...resultOptions],
  examples: [
    'jotgate whoami --deployment prod --subject 42 --name Ada --email ada@acme.example',
    'JOTGATE_TOKEN=$T jotgate whoami --for cloud --url https://acme.eu.qlikcloud.com --json',
  ],
  notes: [
    'Exit code 3 when Qlik has another subject, name or e-mail address than the token said, lacks a',
    'group of it, or keeps one of an earlier login. Groups that an administrator gave do not count.',
    'With --json: { url, token: { subject, name, email, groups }, qlik: { id, subject, name, email,',
    'status, tenantId, groups, roles, licence }, differences: [name] }. licence is professional,',
    'analyzer or none, and null when this user may not see it; token is null with --session-file.',
  ].join('\n'),
  endsOnSignal: true,
  async run(call) {
    const opener = await readSessionOpener(call)
    const client = await createRestClient(opener, call)
    try {
      const session = await client.session()
      const user = await getCurrentUser({
        session,
        timeoutMs: opener.timeoutMs,
        signal: call.signal,
      })
      const token = await claimsOf(client.token())
      const licence = await readLicence(call, client, user.subject)
      const differences = differencesOf(token, user)
      const qlik = toQlik(user, licence)
      const { url } = opener.deployment
      return {
        text: table(call, token, qlik, differences),
        json: { url, token, qlik, differences },
        exitCode: differences.length > 0 ? 3 : 0,
        ...(lacksGroups(token, qlik.groups)
          ? { next: layoutFor(call.terminal, 'stderr').wrap(onGroups, '  ') }
          : {}),
      }
    } finally {
      await client.end()
    }
  },
}

/** What the token said of the user; nothing for a session that was there before. */
async function claimsOf(token: string | undefined): Promise<Said | null> {
  if (token === undefined) return null
  const { sub, name, email, groups } = inspectToken(token).payload ?? {}
  return {
    subject: sub ?? null,
    name: name ?? null,
    email: email ?? null,
    groups: Array.isArray(groups) ? groups : [],
  }
}

const lacksGroups = (token: Said | null, groups: readonly unknown[]) =>
  token?.groups.some((name) => !groups.includes(name)) === true

/** help.qlik.com, mc-enable-idp-groups. */
const onGroups =
  'Next: Qlik drops a group of a token that the tenant does not have, until an administrator allows it to create them: Administration, Settings, Feature control, "Creation of groups". They come with the next login.'

function toQlik({ assignedGroups, assignedRoles, ...known }: QlikUser, licence: string | null) {
  return {
    ...known,
    groups: assignedGroups.map(({ name }) => name),
    roles: assignedRoles.map(({ name }) => name),
    licence,
  }
}

/** Only administrators may see the assignments; for all others it is not known, which is not an error. */
async function readLicence(call: Call, client: RestClient, subject: string) {
  const filter = `subject eq "${subject.replaceAll(/["\\]/g, '\\$&')}"`
  const path = `/api/v1/licenses/assignments?${new URLSearchParams({ filter })}`
  try {
    const { data } = ((await (await client.call({ path })).json()) ?? {}) as {
      data?: { subject?: string; type?: string }[]
    }
    return data?.find((one) => one.subject === subject)?.type ?? 'none'
  } catch (error) {
    if (!isJotgateError(error)) throw error
    if (error.code !== 'ERR_QLIK_REFUSED')
      call.note(`note: the licence cannot be told: ${error.message}`)
    return null
  }
}

const names = ['id', 'subject', 'name', 'email', 'groups', 'roles', 'status', 'tenantId', 'licence']

function table(
  call: Call,
  token: Said | null,
  qlik: Readonly<Record<string, unknown>>,
  differences: readonly string[],
): string {
  const { paint } = layoutFor(call.terminal, 'stdout')
  const said: Readonly<Record<string, unknown>> = { ...token }
  const rows = names.map((name) => [
    name,
    show(said[name]),
    name === 'licence' && qlik[name] === null ? 'for administrators to see' : show(qlik[name]),
    differences.includes(name) ? '<- differs' : '',
  ])
  const [head = '', ...lines] = inColumns([['', 'token', 'Qlik', ''], ...rows])
    .split('\n')
    .filter((line) => line !== '')
  const marked = lines.map((line) => (line.endsWith('<- differs') ? paint('yellow', line) : line))
  return [paint('bold', head), ...marked].map((line) => `${line}\n`).join('')
}

/** Names come from outside: nothing in them may move a terminal’s cursor, or look like one of jotgate’s marks. */
function show(value: unknown): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value ?? '')
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?').replaceAll('<-', '<_') || '-'
}
