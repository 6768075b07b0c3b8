import { isJotgateError } from '../../errors/index.ts'
import { getCurrentUser, type QlikUser } from '../../qlik/index.ts'
import { inspectToken } from '../../token/index.ts'
import { type Call, type CommandSpec, resultOptions } from '../command.ts'
import { inColumns, layoutFor } from '../layout.ts'
import { type Said, toldOfUser } from '../product-facts.ts'
import { callerOptions, readSessionOpener, type SessionOpener } from './credentials.ts'
import { differencesOf } from './differences.ts'
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
    'jotgate whoami --for client-managed --url https://sense.acme.example --prefix jwt \\\n      --user-directory ACME --user-id ada --key keys/qlik.pem',
  ],
  notes: [
    'Exit code 3 when Qlik has another subject, name or e-mail address than the token said, lacks a',
    'group of it, or keeps one of an earlier login. Groups that an administrator gave do not count.',
    'Ending the session logs the user out of the virtual proxy of client-managed Qlik: other sessions of theirs',
    'there reportedly end too. With --session-file no session is opened, and none ended.',
    'With --json: { url, token: { subject, name, email, groups }, qlik: { id, subject, name, email,',
    'status, tenantId, groups, roles, licence }, differences: [name] }. licence is professional,',
    'analyzer or none, and null when this user may not see it; token is null with --session-file.',
    'Client-managed Qlik tells user directory, user ID and name alone: { directory, subject, name } twice, of',
    'which the first two are compared.',
  ].join('\n'),
  endsOnSignal: true,
  async run(call) {
    const opener = await readSessionOpener(call)
    const client = await createRestClient(opener, call)
    try {
      const session = await client.session()
      const user = await getCurrentUser({
        ...opener.how,
        session,
        timeoutMs: opener.timeoutMs,
        signal: call.signal,
      })
      const token = saidBy(client.token(), opener)
      const { url, product } = opener.deployment
      const told = toldOfUser[product]
      const licence = told.readsLicence ? await readLicence(call, client, user.subject) : undefined
      const differences = differencesOf(token, user, told.compared)
      const qlik = onlyTold(toQlik(user, licence), told.rows)
      return {
        text: table(call, { rows: told.rows, token, qlik, differences }),
        json: { url, token: token && onlyTold(token, told.rows), qlik, differences },
        exitCode: differences.length > 0 ? 3 : 0,
        ...(differences.includes('groups') && lacksGroups(token, user)
          ? { next: layoutFor(call.terminal, 'stderr').wrap(onGroups, '  ') }
          : {}),
      }
    } finally {
      await client.end()
    }
  },
}

/** What the token said of the user; nothing for a session that was there before. */
function saidBy(token: string | undefined, { saidBy: read }: SessionOpener): Said | null {
  if (token === undefined || read === undefined) return null
  return read(inspectToken(token).payload ?? {})
}

/** Of two products, one tells less of a user. */
function onlyTold(values: object, rows: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => rows.includes(name)))
}

const lacksGroups = (token: Said | null, { assignedGroups }: QlikUser) =>
  token?.groups.some((name) => !assignedGroups.some((group) => group.name === name)) === true

/** help.qlik.com, mc-enable-idp-groups. */
const onGroups =
  'Next: Qlik drops a group of a token that the tenant does not have, until an administrator allows it to create them: Administration, Settings, Feature control, "Creation of groups". They come with the next login.'

function toQlik(
  { assignedGroups, assignedRoles, ...known }: QlikUser,
  licence: string | null | undefined,
) {
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

function table(
  call: Call,
  shown: {
    rows: readonly string[]
    token: Said | null
    qlik: Readonly<Record<string, unknown>>
    differences: readonly string[]
  },
): string {
  const { token, qlik, differences } = shown
  const { paint } = layoutFor(call.terminal, 'stdout')
  const said: Readonly<Record<string, unknown>> = { ...token }
  const rows = shown.rows.map((name) => [
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
