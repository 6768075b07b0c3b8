import * as z from 'zod'
import { algorithmsOf, type SigningAlgorithm } from '../values/index.ts'
import { address, whole } from './gateway-forms.ts'
import { duration, file, setting, text } from './schema-forms.ts'

// Who sends a request to the gateway, and as whom they reach Qlik: for all sites of the gateway, or for one.

const algorithms = setting(
  z.array(z.enum(algorithmsOf('client-managed') as [SigningAlgorithm, ...SigningAlgorithm[]])),
  { description: 'the algorithms of its tokens', otherwise: 'RS256' },
)

/** The name of a claim, or the names on the way to it. */
const claim = z.union([text(256), z.array(text(256)).min(1).max(8)])

const claims = z
  .strictObject({
    subject: setting(claim, {
      description: 'the claim with the subject',
      otherwise: 'sub',
    }).optional(),
    directory: setting(claim, {
      description: 'the claim with the user directory, for client-managed Qlik',
      otherwise: 'none',
    }).optional(),
    name: setting(claim, { description: 'the claim with the name', otherwise: 'name' }).optional(),
    email: setting(claim, {
      description: 'the claim with the e-mail address',
      otherwise: 'email',
    }).optional(),
    emailVerified: setting(z.union([z.literal(true), claim]), {
      description:
        'the claim that says that the address is verified; `true` where the issuer alone assigns addresses',
      otherwise: 'email_verified',
    }).optional(),
    groups: setting(z.union([z.literal(false), claim]), {
      description: 'the claim with the groups; `false` when they are not needed',
      otherwise: 'groups',
    }).optional(),
    attributes: setting(z.record(text(128), claim), {
      description: 'claims with further attributes, by the attribute of each',
      form: 'object',
      otherwise: 'none',
    }).optional(),
  })
  .optional()

const assertion = z
  .strictObject({
    issuer: setting(text(256), { description: 'the issuer (`iss`), exactly' }),
    keyFiles: setting(
      z
        .array(file({ description: '' }))
        .min(1)
        .max(10),
      {
        description:
          'files with its public keys: certificates, PEM, JWK or JWK Sets; read again when they change',
      },
    ).optional(),
    jwksUrl: setting(address(), {
      description: 'in place of files, the address of its JWK Set',
    }).optional(),
    audience: setting(text(256), {
      description: 'the audience (`aud`) of each assertion',
      otherwise: 'the gateway’s `publicUrl`',
    }).optional(),
    algorithms: algorithms.optional(),
    claims,
  })
  .refine((one) => (one.keyFiles === undefined) !== (one.jwksUrl === undefined), {
    message: 'must have one of `keyFiles` and `jwksUrl`',
  })
  .meta({ description: 'tokens that the host application signs, one for each login' })

const provider = z
  .strictObject({
    issuer: setting(address(), {
      description: 'the issuer (`iss`) of the OpenID Connect provider, exactly',
    }),
    audience: setting(z.union([text(512), z.array(text(512)).min(1).max(20)]), {
      description: 'the audience (`aud`) of tokens for this gateway',
    }),
    clientId: setting(z.union([text(512), z.array(text(512)).min(1).max(20)]), {
      description: 'the clients whose tokens are accepted',
      otherwise: 'the audience',
    }).optional(),
    algorithms: algorithms.optional(),
    maxLifetime: duration({
      description: 'the longest life of a token',
      otherwise: '1h',
    }).optional(),
    acceptsClients: setting(z.boolean(), {
      description: 'whether a client may come in its own name',
      otherwise: 'false',
    }).optional(),
    claims,
  })
  .meta({
    description: 'tokens of an OpenID Connect provider, such as Okta, Entra, Auth0 or Keycloak',
  })

export const identify = z
  .strictObject({ assertion: assertion.optional(), provider: provider.optional() })
  .refine((one) => one.assertion !== undefined || one.provider !== undefined, {
    message: 'must have `assertion` or `provider`',
  })
  .meta({ description: 'how it knows who sends a request' })

const person = {
  subject: text(256).optional(),
  directory: text(256).optional(),
  group: text(256).optional(),
  emailDomain: text(256).optional(),
  attributes: z.record(text(128), text(256)).optional(),
}

const names = z.array(text(512)).max(1000)

export const authorise = z
  .strictObject({
    subject: setting(text(512), {
      description: 'the subject at Qlik, with {subject}, {email} and the like in it',
      otherwise: '{subject}',
    }).optional(),
    unverifiedEmail: setting(
      z.union([z.enum(['omit', 'deny']), z.strictObject({ replaceBy: text(512) })]),
      {
        description:
          'what happens to an address that is not verified: `omit`, `deny` or `{ "replaceBy": … }`',
        otherwise: 'omit',
      },
    ).optional(),
    groups: z
      .strictObject({
        allow: setting(names, { description: 'the groups that Qlik is told, `eu-*` among them' }),
        rename: setting(z.record(text(512), text(256)), {
          description: 'other names at Qlik, by the host application’s',
          form: 'object',
          otherwise: 'none',
        }).optional(),
        prefix: setting(text(128), {
          description: 'what stands before each name at Qlik',
          otherwise: 'nothing',
        }).optional(),
        max: setting(whole(1, 200), {
          description: 'with more groups than this a person may not enter',
          otherwise: '200',
        }).optional(),
      })
      .optional()
      .meta({ description: 'which groups Qlik is told', otherwise: 'none' }),
    allow: setting(z.array(z.strictObject(person)).max(1000), {
      description:
        'who may enter: objects with subject, directory, group, emailDomain or attributes',
      otherwise: 'everybody',
    }).optional(),
    deny: setting(z.array(z.strictObject({ ...person, reason: text(256).optional() })).max(1000), {
      description: 'who may not, with a reason for the audit log',
      otherwise: 'nobody',
    }).optional(),
    deployments: setting(
      z
        .array(z.strictObject({ ...person, deployment: text(64) }))
        .min(1)
        .max(1000),
      {
        description:
          'for a site that leaves it to the person: whose deployment is which, by the first rule that applies',
        otherwise: 'none is named',
      },
    ).optional(),
  })
  .optional()
  .meta({ description: 'who may reach Qlik, as whom, and with which groups' })
