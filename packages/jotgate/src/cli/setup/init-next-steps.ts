import { configFileName } from '../../config/index.ts'
import { escapeForTerminal } from '../../values/index.ts'
import type { Call } from '../command.ts'
import { layoutFor } from '../layout.ts'

/** What was written. */
export interface Written {
  readonly file: string
  readonly privateKeyFile: string
  readonly certificateFile: string
  readonly kid: string
}

/** `--config own.json`, where the file has not the name that is looked for. */
export const configOption = ({ file }: Pick<Written, 'file'>) =>
  file === configFileName ? '' : ` --config ${file}`

/** What an administrator does by hand, or by `jotgate apply`, and how a token is tried then. */
export function stepsByHand(
  call: Call,
  settings: ReadonlyMap<string, unknown>,
  written: Written,
): string {
  const { certificateFile: certificate, kid } = written
  const create = `jotgate token create${configOption(written)}`
  const apply = `     jotgate apply${configOption(written)}`
  const origins = (settings.get('setup.origins') ?? []) as readonly string[]
  const inCloud = [
    '1. Let jotgate set the tenant up, with the API key of a Tenant Admin:',
    `${apply} --api-key-env QLIK_API_KEY`,
    '   Or by hand (Administration): make an identity provider, type JWT, with',
    `     issuer       ${settings.get('issuer')}`,
    `     key ID       ${kid}`,
    '     certificate  what this command prints:',
    `       jotgate keys export --as one-line --certificate ${certificate}`,
    ...(origins.length === 0
      ? []
      : [
          '   and for pages a web integration, and a CSP entry (frame-ancestors), for',
          ...origins.map((origin) => `     ${origin}`),
        ]),
    '2. Make a token:',
    `     ${create} --subject 42 --name Ada \\`,
    '       --email ada@acme.example',
  ]
  const onServer = [
    '1. Let jotgate set the server up, with the certificate that the QMC exports:',
    `${apply} --client-certificate client.pem \\`,
    '       --client-key client_key.pem --ca-file root.pem',
    '   Or by hand, in the QMC: make a virtual proxy with JWT authentication. The',
    '   user ID is the claim userId, the user directory the claim userDirectory.',
    `   Paste into it, with all its lines: ${certificate}`,
    '2. Make a token:',
    `     ${create} --user-id ada --name Ada`,
  ]
  return inLines(call, settings.has('issuer') ? inCloud : onServer)
}

/** What works now, in one line, and what comes next. */
export function stepsAfterSetUp(
  call: Call,
  settings: ReadonlyMap<string, unknown>,
  done: Written & {
    /** Who has logged in; undefined where nobody has tried. */
    subject: string | undefined
    webIntegrationId: string | undefined
    /** Variables that are not set in the environment. */
    unset: readonly string[]
  },
): string {
  const { webIntegrationId, subject, unset } = done
  const config = configOption(done)
  const isDirect = settings.has('setup.origins')
  const url = escapeForTerminal(String(settings.get('url')))
  const { paint, wrap } = layoutFor(call.terminal, 'stderr')
  const integration =
    webIntegrationId === undefined
      ? ''
      : `; pages name the web integration ${escapeForTerminal(webIntegrationId)}`
  const works =
    subject === undefined
      ? `${paint('bold', 'Set up')}: ${url} trusts ${escapeForTerminal(done.privateKeyFile)}${integration}. Nobody has logged in yet`
      : `${paint('green', 'It works')}: a token signed with ${escapeForTerminal(done.privateKeyFile)} opens a session at ${url}${integration}`
  const steps = [
    ...(unset.length === 0
      ? []
      : [`· Set ${unset.join(' and ')} wherever jotgate plans or applies: nothing has kept it.`]),
    ...(subject === undefined
      ? [`· Try a login as a user who exists: \`jotgate doctor${config} --as SUBJECT\``]
      : [`· See whether somebody’s app opens: \`jotgate doctor${config} --as SUBJECT --app ID\``]),
    isDirect
      ? '· Let your server make tokens, and your page log in with them: docs/guides/token-endpoint.md of the project'
      : '· Put a gateway in front: add `gateway` to the file, then `jotgate gateway init`',
    `· Find drift, in a pipeline too: \`jotgate plan${config}\``,
  ]
  return ['', wrap(`${works}.`, '  '), inLines(call, steps)].join('\n')
}

function inLines(call: Call, steps: readonly string[]): string {
  const { paint, wrap } = layoutFor(call.terminal, 'stderr')
  const lines = steps.map((step) => wrap(`  ${escapeForTerminal(step)}`, '    '))
  return [paint('bold', 'Next:'), ...lines].join('\n')
}
