import * as z from 'zod'
import { durationForm, parseDuration } from './duration.ts'

const text = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters')

const url = z
  .string()
  .regex(
    /^https?:\/\/[^/?#@]+\/?$/,
    'must be an origin alone, such as https://acme.eu.qlikcloud.com',
  )
  .describe('The origin of the deployment. Plain http is for loopback names only.')

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')

/** Where a secret is: never the secret itself, so that the file can be shown and kept in git. */
const secretPlace = (what: string) =>
  z
    .strictObject({
      file: text(4096).optional().describe('A path, from the folder of this file.'),
      env: variable.optional().describe('The name of an environment variable.'),
    })
    .refine(({ file, env }) => (file === undefined) !== (env === undefined), {
      message: 'must have one of `file` and `env`',
    })
    .describe(`Where ${what} is: exactly one of \`file\` and \`env\`.`)
    .meta({ oneOf: [{ required: ['file'] }, { required: ['env'] }] })

const duration = (what: string) =>
  z
    .string()
    .refine((value) => parseDuration(value) !== undefined, `must be ${durationForm}`)
    .describe(`${what}: ${durationForm}.`)
    .meta({ pattern: '^\\d{1,9}[smhd]?$' })

const signing = (longest: string) => ({
  key: secretPlace('the private key').optional(),
  passphrase: secretPlace('the passphrase of an encrypted key').optional(),
  kid: text(256)
    .optional()
    .describe('The key ID, as Qlik has it; the key’s thumbprint when left out.'),
  lifetime: duration(
    `How long a token is valid, 60s when left out and ${longest} at most`,
  ).optional(),
  notBeforeSkew: duration('How far its start lies in the past').optional(),
})

const cloudDeployment = z.strictObject({
  product: z.literal('cloud').describe('A Qlik Cloud tenant.'),
  url,
  signing: z
    .strictObject({
      issuer: text(256).optional().describe('The issuer of the tenant’s JWT identity provider.'),
      ...signing('1h'),
    })
    .optional()
    .describe('How tokens for it are signed.'),
})

const algorithm = z.enum(['RS256', 'RS384', 'RS512'])
const claimName = text(128)

const clientManagedDeployment = z.strictObject({
  product: z.literal('client-managed').describe('A client-managed Qlik Sense (QSEoW).'),
  url,
  prefix: z
    .string()
    .regex(/^[a-z0-9._~-]{0,128}$/, 'may hold a-z, 0-9 and - . _ ~ only')
    .optional()
    .describe('The prefix of the virtual proxy; empty for the default one.'),
  userDirectory: text(255).optional().describe('The directory of users who bring none.'),
  audience: text(256).optional().describe('The virtual proxy’s JWT audience, when it has one.'),
  claims: z
    .strictObject({
      userId: claimName.optional().describe('The claim with the user ID; `userId` when left out.'),
      userDirectory: claimName
        .optional()
        .describe(
          'The claim with the directory; `userDirectory` when left out; `[ACME]` is a constant.',
        ),
      groups: claimName.optional().describe('The claim with the groups; `group` when left out.'),
      attributes: z
        .record(text(128), claimName)
        .optional()
        .describe('Further claims, by the attribute of the user that they hold.'),
    })
    .optional()
    .describe('What the virtual proxy calls the claims.'),
  signing: z
    .strictObject({
      alg: algorithm.optional().describe('RS256 when left out.'),
      ...signing('3652d'),
    })
    .optional()
    .describe('How tokens for it are signed.'),
})

/** The configuration file. Later parts of jotgate add their own member to it. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('Where an editor finds the schema of this file.'),
  defaultDeployment: text(64)
    .optional()
    .describe('The deployment that is meant when none is named.'),
  deployments: z
    .record(
      z
        .string()
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
          'has a name with other than letters, digits, . _ -',
        ),
      z.discriminatedUnion('product', [cloudDeployment, clientManagedDeployment]),
    )
    .describe('Every Qlik that tokens are made for, by a name of your own.'),
})

/** What a configuration file holds. */
export type Config = z.infer<typeof configSchema>
export type DeploymentConfig = Config['deployments'][string]
