import * as z from 'zod'
import { algorithmsOf, readWebAddress, type SigningAlgorithm } from '../values/index.ts'
import { duration, file, origin, read, setting, text } from './schema-forms.ts'

// The member `gateway`: what `jotgate gateway` runs. Its settings stand in the file alone.

const whole = (min: number, max: number) => z.int().min(min).max(max)

const address = () =>
  read((value) => readWebAddress('address', value).problems?.[0].problem, {
    pattern: '^https?://',
  })

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

const person = {
  subject: text(256).optional(),
  directory: text(256).optional(),
  group: text(256).optional(),
  emailDomain: text(256).optional(),
}

const names = z.array(text(512)).max(1000)

const authorise = z
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
      description: 'who may enter: objects with subject, directory, group or emailDomain',
      otherwise: 'everybody',
    }).optional(),
    deny: setting(z.array(z.strictObject({ ...person, reason: text(256).optional() })).max(1000), {
      description: 'who may not, with a reason for the audit log',
      otherwise: 'nobody',
    }).optional(),
  })
  .optional()
  .meta({ description: 'who may reach Qlik, as whom, and with which groups' })

const tlsFiles = {
  certificateFile: file({
    description:
      'the certificate of the host name in `publicUrl`, followed by those of its issuers, in PEM',
  }),
  keyFile: file({
    description: 'its private key in PEM, not encrypted; mode 0600',
  }),
}

/** The member `gateway` of the file. */
export const gateway = z
  .strictObject({
    publicUrl: setting(origin(), {
      description: 'the gateway’s own origin; requests for another host are refused',
    }),
    allowedOrigins: setting(z.array(origin()).min(1).max(100), {
      description: 'origins of the host application’s pages, of the same site',
    }),
    deployment: setting(text(64), {
      description: 'the deployment behind it',
      otherwise: 'the one that is meant when none is named',
    }).optional(),
    hostNames: setting(z.array(text(255)).max(20), {
      description: 'other host names of the tenant, whose addresses are rewritten too',
      otherwise: 'none',
    }).optional(),
    nodes: setting(z.array(origin()).min(1).max(20), {
      description: 'addresses of the proxy nodes, where client-managed Qlik has several',
      otherwise: 'the deployment’s own address',
    }).optional(),
    atRoot: setting(z.boolean(), {
      description:
        'whether Qlik’s paths begin at the root of publicUrl, without the prefix of the virtual proxy',
      otherwise: 'false: they have the same prefix on both sides',
    }).optional(),
    isolate: setting(z.boolean(), {
      description:
        'whether each session has selections of its own: engine sessions apart from those of the same person’s other browsers',
      otherwise: 'false',
    }).optional(),
    proxyApis: setting(z.array(origin()).min(1).max(100), {
      description:
        'the proxy API (QPS) of each node of client-managed Qlik, such as https://node.acme.example:4243: where Qlik sessions end by their ID, when the deployment has a client certificate',
      otherwise: 'those of all nodes, as the repository names them',
    }).optional(),
    listen: z
      .strictObject({
        host: setting(text(255), {
          description: 'the address or name at which it listens',
          otherwise: '127.0.0.1',
        }).optional(),
        port: setting(whole(0, 65_535), {
          description: 'the port; 0 chooses a free one',
          otherwise: '8080',
        }).optional(),
        tls: z
          .strictObject({
            ...tlsFiles,
            others: setting(z.array(z.strictObject(tlsFiles)).min(1).max(99), {
              description:
                'further certificates, for other host names: objects with certificateFile and keyFile',
              otherwise: 'none',
            }).optional(),
          })
          .optional()
          .meta({
            description: 'serves HTTPS itself',
            otherwise: 'none: HTTP, for what ends TLS in front of it',
          }),
      })
      .optional()
      .meta({ description: 'where it listens, and by which protocol' }),
    trustedProxies: setting(z.array(text(64)).max(100), {
      description:
        'addresses and networks of what stands in front of it, whose X-Forwarded-For is believed',
      otherwise: 'none',
    }).optional(),
    sameOrigin: setting(z.boolean(), {
      description: 'on the host application’s own origin: everything of its own is under /.jotgate',
      otherwise: 'false',
    }).optional(),
    loginUrl: setting(address(), {
      description: 'where the host application logs people in',
    }).optional(),
    identify: z
      .strictObject({ assertion: assertion.optional(), provider: provider.optional() })
      .refine((one) => one.assertion !== undefined || one.provider !== undefined, {
        message: 'must have `assertion` or `provider`',
      })
      .meta({ description: 'how it knows who sends a request' }),
    authorise,
    session: z
      .strictObject({
        idle: duration({
          description: 'ends a session when nothing was asked for so long',
          otherwise: '30m',
        }).optional(),
        absolute: duration({
          description: 'ends every session after so long',
          otherwise: '8h',
        }).optional(),
        maxSessions: setting(whole(1, 1_000_000), {
          description: 'how many there may be',
          otherwise: '100000',
        }).optional(),
      })
      .optional()
      .meta({ description: 'how long sessions last' }),
    paths: z
      .strictObject({
        presets: setting(z.array(text(64)).max(20), {
          description: 'sets of the allow-list',
          otherwise: 'all that the product has for pages',
        }).optional(),
        allowPaths: setting(z.array(text(600)).max(1000), {
          description: 'further lines, such as GET /api/v1/data-files/*',
          otherwise: 'none',
        }).optional(),
        unlisted: setting(z.enum(['deny', 'report']), {
          description: 'what happens with other paths: refused, or carried and reported',
          otherwise: 'deny',
        }).optional(),
      })
      .optional()
      .meta({ description: 'which paths of Qlik are carried' }),
    store: z
      .strictObject({
        file: file({
          description: 'the SQLite file with the sessions',
          otherwise: 'jotgate-data/sessions.db',
        }).optional(),
        keysFile: file({
          description: 'the key ring that seals it; not in the same folder',
          otherwise: 'jotgate-secrets/store-keys.json',
        }).optional(),
      })
      .optional()
      .meta({ description: 'where sessions are kept' }),
    audit: z
      .strictObject({
        folder: file({
          description: 'the folder of the audit log',
          otherwise: 'jotgate-data/audit',
        }).optional(),
        keyFile: file({
          description: 'the key that chains its lines; not in the same folder',
          otherwise: 'jotgate-secrets/audit.key',
        }).optional(),
      })
      .optional()
      .meta({ description: 'where decisions are written down' }),
    admin: z
      .strictObject({
        socket: file({
          description:
            'the Unix socket for operators, in a folder in which no other user may write',
          otherwise: 'admin.sock beside the store; none on Windows',
        }).optional(),
        host: setting(text(255), {
          description: 'the address for operators’ programs; without `tls`, of this machine alone',
          otherwise: '127.0.0.1',
        }).optional(),
        port: setting(whole(0, 65_535), {
          description: 'its port; 0 chooses a free one',
          otherwise: 'no address, the socket alone',
        }).optional(),
        bearerFile: file({
          description: 'what requests to the address must bring; made by `gateway init`',
          otherwise: 'jotgate-secrets/admin-bearer.txt',
        }).optional(),
        tls: z
          .strictObject({
            certificateFile: file({ description: 'its certificate chain, PEM' }),
            keyFile: file({ description: 'the private key of the certificate, PEM' }),
          })
          .optional()
          .meta({ description: 'how the address is encrypted; needed beyond this machine' }),
      })
      .optional()
      .meta({ description: 'where operators look at it, end sessions, and read metrics' }),
  })
  .meta({ description: 'the gateway that `jotgate gateway` runs' })

/** What the member holds. */
export type GatewayConfig = z.infer<typeof gateway>
