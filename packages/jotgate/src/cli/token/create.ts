import type { DeploymentOptions } from '../../config/index.ts'
import { durationInWords, type SignedToken } from '../../token/index.ts'
import { type Call, type CommandSpec, type Outcome, resultOptions } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { factsFor } from '../product-facts.ts'
import { signingOptions, type Target, targetOptions } from '../target.ts'
import { readTokenRequest } from '../token-request.ts'
import { batchOption, userOptions } from '../user-options.ts'

/** `jotgate token create`. */
export const tokenCreate: CommandSpec = {
  name: 'token create',
  summary: 'a token for one user, or for each of a batch',
  description:
    'Signs a token for one user and prints it alone. It works once at Qlik Cloud, and is valid for a minute.',
  options: [
    ...targetOptions,
    ...signingOptions,
    ...userOptions,
    batchOption,
    {
      flags: '--as <form>',
      description: 'the token alone, or the command that hands it to qlik-cli (client-managed)',
      choices: ['token', 'qlik-cli'],
      otherwise: 'token',
    },
    ...resultOptions,
  ],
  examples: [
    'jotgate token create --for cloud --issuer acme.example --key keys/qlik.pem --kid acme-1 \\\n      --subject 42 --name Ada --email ada@acme.example --group sales',
    'jotgate token create --deployment prod --user-json ada.json --lifetime 5m --json',
    'jotgate token create --for client-managed --user-directory ACME --user-id ada --key qlik.pem',
    'jotgate token create --deployment prod --batch users.csv --out tokens.jsonl',
  ],
  notes:
    '--claim reads its value as JSON: level=3 is a number, ok=true a boolean,\n\'roles=["a","b"]\' a list; what is not JSON is a string, and so is \'id="7"\'. A cell of CSV is a string.\nWith --json: { token, jti, issuedAt, notBefore, expiresAt, kid, alg }; times are seconds since 1970.',
  async run(call) {
    if (call.values.text('batch') !== undefined) {
      const { runBatch } = await import('../batch/batch.ts')
      return runBatch(call)
    }
    const forQlikCli = call.values.text('as') === 'qlik-cli'
    const { target, user, signer, key } = await readTokenRequest(call, {
      needsUrl: forQlikCli,
      ...(forQlikCli ? { accepts: refuseWithoutQlikCli } : {}),
    })
    const signed = await signer.sign(user)
    if (forQlikCli) await noteShortLife(call, signed)
    return { ...form(call, target, signed), json: { ...signed, kid: key.kid, alg: key.alg } }
  },
}

function form(call: Call, target: Target, { token }: SignedToken): Outcome {
  const { qlikCliCommand } = factsFor(target.options)
  const isForQlikCli = call.values.text('as') === 'qlik-cli' && qlikCliCommand !== undefined
  return { text: `${isForQlikCli ? qlikCliCommand(token) : token}\n` }
}

/** A context of qlik-cli is kept and used for long; a token that opens one session ends in a minute. */
async function noteShortLife(call: Call, { expiresAt, issuedAt }: SignedToken): Promise<void> {
  const seconds = expiresAt - issuedAt
  if (seconds >= 3600) return
  call.note(
    `note: the context works for ${durationInWords(seconds)}, as long as the token is valid; --lifetime 8h makes one for a day’s work`,
  )
}

function refuseWithoutQlikCli(options: DeploymentOptions): void {
  if (factsFor(options).qlikCliCommand === undefined) throw cliErrors.ERR_CLI_NOT_AN_API_KEY({})
}
