import * as z from 'zod'
import { algorithmsOf, type SigningAlgorithm } from '../values/index.ts'
import { clientManagedProvision } from './client-managed-setup-schema.ts'
import { cloudProvision } from './cloud-setup-schema.ts'
import { gateway } from './gateway-schema.ts'
import { unknownDeployments } from './named-deployments.ts'
import { duration, file, origin, secretPlace, setting, text } from './schema-forms.ts'

// This schema is the one table of settings. Everything else follows from it: `settings-table.ts`, the
// options of the command with their environment variables and help, the order in which places are
// asked, the JSON Schema for editors and docs/reference/config.md.

const url = setting(origin(), {
  flag: '--url <origin>',
  title: 'the address',
  description:
    'the address of Qlik: an origin such as https://acme.eu.qlikcloud.com; plain http for loopback names only',
  question: 'Address of Qlik, as a browser shows it: ',
})

const signing = {
  key: secretPlace(
    'the private key',
    {
      flag: '--key <file>',
      description: 'the private key: a PEM, DER or PFX file',
    },
    {
      flag: '--key-env <name>',
      description:
        'the environment variable that holds the private key: PEM, with \\n for line breaks if need be, or base64',
    },
  ).optional(),
  passphrase: secretPlace(
    'the passphrase of the private key',
    {
      flag: '--passphrase-file <file>',
      description: 'the file with the passphrase of the private key',
    },
    {
      flag: '--passphrase-env <name>',
      description: 'the environment variable that holds the passphrase of the private key',
    },
  ).optional(),
  kid: setting(text(256), {
    flag: '--kid <id>',
    description: 'the key ID, as Qlik has it',
    otherwise: 'the key’s thumbprint',
  }).optional(),
  lifetime: duration({
    flag: '--lifetime <time>',
    description:
      'how long a token is valid, such as 60s, 5m or 1h; a number alone is seconds; at most 1h for Qlik Cloud',
    otherwise: '60s',
  }).optional(),
  notBeforeSkew: duration({
    flag: '--not-before-skew <time>',
    description: 'how far the start of a token lies in the past, for slow clocks',
    otherwise: '5s',
  }).optional(),
}

/** How calls reach Qlik; HTTPS_PROXY and NO_PROXY of the environment hold too. */
const connection = {
  caFile: file({
    flag: '--ca-file <file>',
    group: 'connection',
    description:
      'the certificate of the authority that Qlik’s own is signed by, in PEM, such as the QMC’s root.pem; trusted beside the others',
  }).optional(),
  authorities: setting(z.enum(['node', 'system']), {
    flag: '--authorities <which>',
    group: 'connection',
    description:
      'whose authorities are trusted: those that Node.js brings, or those of this machine',
    otherwise: 'node',
  }).optional(),
}

const noServices = 'Qlik Cloud has one API, at the tenant’s own address'

/** What administrators' programs call on client-managed Qlik: the repository (QRS) and each proxy (QPS). */
const services = {
  qrs: z
    .strictObject({
      url: setting(origin(), {
        flag: '--qrs-url <origin>',
        group: 'service',
        description: 'the repository’s own address, such as https://central.acme.example:4242',
        otherwise: 'port 4242 at the host of the address',
        elsewhere: noServices,
      }).optional(),
      user: setting(text(511), {
        flag: '--qrs-user <name>',
        group: 'service',
        description: 'in whose name the repository is called, as directory\\user',
        otherwise: 'INTERNAL\\sa_api',
        elsewhere: noServices,
      }).optional(),
    })
    .optional()
    .meta({ description: 'how the repository (QRS) is called with the client certificate' }),
  clientCertificate: z
    .strictObject({
      file: file({
        flag: '--client-certificate <file>',
        group: 'service',
        description:
          'the certificate that the repository and the proxies want, such as the QMC’s client.pem',
        elsewhere: noServices,
      }).optional(),
      keyFile: file({
        flag: '--client-key <file>',
        group: 'service',
        description: 'the private key of that certificate, such as the QMC’s client_key.pem',
        elsewhere: noServices,
      }).optional(),
    })
    .optional()
    .meta({
      description: 'by which certificate a program is known to the repository and the proxies',
    }),
}

const signingWords = { description: 'how tokens for it are signed' }
const product = { flag: '--for <product>', description: 'the product of Qlik' } as const

const cloudDeployment = z.strictObject({
  product: setting(z.literal('cloud'), product),
  url,
  ...connection,
  signing: z
    .strictObject({
      issuer: setting(text(256), {
        flag: '--issuer <text>',
        group: 'deployment',
        title: 'the issuer',
        description: 'the issuer, as the tenant’s JWT identity provider has it',
        elsewhere: 'client-managed Qlik knows the key by its certificate',
        question: 'Issuer, a name for you such as acme.example: ',
      }).optional(),
      ...signing,
    })
    .optional()
    .meta(signingWords),
  ...cloudProvision,
})

const fixedNames = 'Qlik Cloud has fixed names for its claims'
const claimName = text(128)

const clientManagedDeployment = z.strictObject({
  product: setting(z.literal('client-managed'), product),
  url,
  ...connection,
  ...services,
  prefix: setting(z.string().regex(/^[a-z0-9._~-]{0,128}$/, 'may hold a-z, 0-9 and - . _ ~ only'), {
    flag: '--prefix <text>',
    mayBeEmpty: true,
    description: 'the prefix of the virtual proxy; empty for the default one',
    elsewhere: 'Qlik Cloud has no virtual proxies',
    question: 'Prefix of the virtual proxy (empty for the default one): ',
  }).optional(),
  userDirectory: setting(text(255), {
    flag: '--user-directory <text>',
    title: 'the user directory',
    description: 'the user directory of users who have none of their own',
    elsewhere: 'Qlik Cloud has no user directories',
    question: 'User directory: ',
  }).optional(),
  audience: setting(text(256), {
    flag: '--audience <text>',
    description: 'the JWT audience of the virtual proxy, if it has one',
    elsewhere: 'Qlik Cloud always has the audience qlik.api/login/jwt-session',
  }).optional(),
  claims: z
    .strictObject({
      userId: setting(claimName, {
        flag: '--claim-user-id <name>',
        description: 'the claim with the user ID',
        otherwise: 'userId',
        elsewhere: fixedNames,
      }).optional(),
      userDirectory: setting(claimName, {
        flag: '--claim-user-directory <name>',
        description: 'the claim with the user directory; a name in brackets, [ACME], is a constant',
        otherwise: 'userDirectory',
        elsewhere: fixedNames,
      }).optional(),
      groups: setting(claimName, {
        flag: '--claim-groups <name>',
        description: 'the claim with the groups',
        otherwise: 'group',
        elsewhere: fixedNames,
      }).optional(),
      attributes: setting(z.record(text(128), claimName), {
        description: 'further claims, by the attribute of the user that each holds',
        form: 'object',
        otherwise: 'name and email',
      }).optional(),
    })
    .optional()
    .meta({ description: 'the names that the virtual proxy has for the claims' }),
  signing: z
    .strictObject({
      alg: setting(
        z.enum(algorithmsOf('client-managed') as [SigningAlgorithm, ...SigningAlgorithm[]]),
        {
          flag: '--alg <name>',
          description: 'the algorithm',
          otherwise: 'RS256',
          elsewhere: 'Qlik Cloud takes RS256 alone',
        },
      ).optional(),
      ...signing,
    })
    .optional()
    .meta(signingWords),
  ...clientManagedProvision,
})

const deploymentName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'has a name that holds more than letters, digits, . _ -',
  )

/** The configuration file. Later parts of jotgate add their own member to it. */
export const configSchema = z
  .strictObject({
    $schema: z
      .string()
      .optional()
      .meta({ description: 'where an editor finds the schema of this file' }),
    defaultDeployment: text(64)
      .optional()
      .meta({ description: 'the deployment that is meant when none is named' }),
    deployments: z
      .record(
        deploymentName,
        z.discriminatedUnion('product', [cloudDeployment, clientManagedDeployment]),
      )
      .meta({ description: 'each Qlik that tokens are made for, by a name of your choice' }),
    gateway: gateway.optional(),
  })
  .superRefine(({ deployments, gateway }, context) => {
    for (const { path, message } of unknownDeployments(gateway, Object.keys(deployments)))
      context.addIssue({ code: 'custom', path: ['gateway', ...path], message })
  })

/** What a configuration file holds. */
export type Config = z.infer<typeof configSchema>
export type DeploymentConfig = Config['deployments'][string]
