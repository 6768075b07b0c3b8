import { randomBytes } from 'node:crypto'
import type { Settings } from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { type QlikCertificate, readCertificate } from '../../keys/index.ts'
import {
  type ClientManagedSetup,
  type CloudSetup,
  openServiceUser,
  type Provisioning,
  provisioningFor,
} from '../../provision/index.ts'
import {
  type Administration,
  createAdministration,
  createRepository,
  type Repository,
} from '../../qlik/index.ts'
import type { CloudDeployment, Deployment } from '../../token/index.ts'
import type { ProductName } from '../../values/index.ts'
import { definedOf } from '../../values/index.ts'
import { certificateFileOf } from '../certificate-file.ts'
import type { Call } from '../command.ts'
import { gatherProblems } from '../problems.ts'
import { readHow, readTimeoutMs } from '../session/credentials.ts'
import { parseUser, readRepositoryOptions } from '../sessions/site.ts'
import { findSigner } from '../signing.ts'
import { type FoundTarget, findTarget } from '../target.ts'
import { readTenantAdministrator } from '../tenant-administrator.ts'
import { readGatewayOf } from './gateway-of.ts'

/** A deployment, and what its setup makes of it. */
export interface ReadProvisioning extends Opened {
  readonly deployment: Deployment
  readonly setupId: string
}

/** What a setup says; each product reads its own. */
export type Setup = CloudSetup & ClientManagedSetup & { readonly certificate?: string }

/** What both products need. */
interface Source<Name extends ProductName = ProductName> {
  readonly call: Call
  readonly settings: Settings
  readonly target: FoundTarget
  readonly deployment: Extract<Deployment, { product: Name }>
  readonly certificate: QlikCertificate
  readonly setup: Setup
}

interface Opened {
  readonly provisioning: Provisioning
  /** Ends the session of a service user; nobody else has one. */
  close?(): Promise<void>
}

/** How the administrator of each product is reached. */
const provisionings: {
  readonly [Name in ProductName]: (source: Source<Name>) => Promise<Opened>
} = {
  async cloud({ call, settings, target, deployment, certificate, setup }) {
    return {
      provisioning: await provisioningFor('cloud', {
        deployment,
        kid: certificate.publicJwk.kid,
        certificate: certificate.certificatePem,
        setup,
        administration: await openAdministration(call, settings, deployment),
        gateway: await readGatewayOf(call, target.name, deployment),
      }),
    }
  },
  async 'client-managed'({ call, settings, target, deployment, certificate, setup }) {
    const name = settings.administrator?.user
    const user = name === undefined ? undefined : parseUser(call, name, '--service-user')
    const common = { deployment, certificate: certificate.certificatePem, setup }
    if (settings.clientCertificate?.file !== undefined) {
      const repository = await openRepository(call, settings)
      return {
        provisioning: await provisioningFor('client-managed', {
          ...common,
          repository,
          serviceUser: user,
        }),
      }
    }
    if (user === undefined)
      throw call.refuse(
        'the administrator is missing: give --client-certificate and --client-key, or a service user by --service-user, or set administrator.user in the configuration file',
      )
    const problems = gatherProblems(call)
    const signing = await findSigner(call, target, problems)
    problems.tell()
    if (signing === undefined) throw new Error('There is no signer, and no problem was told')
    const timeoutMs = Math.min(readTimeoutMs(call), 300_000)
    const { repository, close } = await openServiceUser({
      ...(await readHow(call, settings)),
      deployment,
      signer: signing.signer,
      user,
      timeoutMs,
    })
    const options = { ...common, repository, serviceUser: user, isServiceUser: true }
    return { provisioning: await provisioningFor('client-managed', options), close }
  },
}

/** Reads the deployment that is meant, with its setup and its administrator, from flags, environment and file. */
async function readProvisioning(call: Call): Promise<ReadProvisioning> {
  const problems = gatherProblems(call)
  const target = await findTarget(call, { needsUrl: true, attributes: [] }, problems)
  const { deployment, settings } = target
  await problems.attempt(() => readTimeoutMs(call))
  const setup = (settings.setup ?? {}) as Partial<Setup>
  if (deployment !== undefined && setup.id === undefined) problems.add(missingSetup(call))
  // Where nothing is known of the deployment, that is what has to be told.
  const certificate =
    deployment && (await problems.attempt(() => readSetupCertificate(call, settings)))
  problems.tell()
  if (deployment === undefined || certificate === undefined || setup.id === undefined)
    throw new Error('Nothing was read, and no problem was told')
  const source = {
    call,
    settings,
    target,
    deployment,
    certificate,
    setup: { ...setup, id: setup.id },
  }
  return {
    deployment,
    setupId: setup.id,
    ...(await provisionings[deployment.product](source as never)),
  }
}

/** With a new ID, so that the line can be copied as it stands. */
function missingSetup({ values }: Call): string {
  const name = values.text('deployment') ?? 'NAME'
  const line = `"setup": { "id": "${randomBytes(4).toString('hex')}" }`
  return `deployments.${name}.setup.id is missing in the configuration file: it marks at Qlik what this setup makes. Add \`${line}\` there, once and for all machines`
}

async function readSetupCertificate(call: Call, settings: Settings): Promise<QlikCertificate> {
  const file = certificateFileOf(settings)
  if (file === undefined)
    throw call.refuse(
      'the certificate of the signing key is missing: set setup.certificate of the deployment in the configuration file',
    )
  return readCertificate({ file, ...definedOf({ kid: settings.kid }) })
}

/** The repository of a server, by the client certificate of the settings. */
export async function openRepository(call: Call, settings: Settings): Promise<Repository> {
  // A write that has begun is never broken off: an interruption ends the plan between two steps.
  const { signal: _, ...options } = await readRepositoryOptions(call, settings)
  return createRepository(options)
}

/** The administration of a tenant, by the administrator of the settings. */
export async function openAdministration(
  call: Call,
  settings: Settings,
  deployment: CloudDeployment,
): Promise<Administration> {
  const { fetch } = await readHow(call, settings)
  const access = {
    deployment,
    timeoutMs: Math.min(readTimeoutMs(call), 300_000),
    ...definedOf({ fetch }),
  }
  const administrator = await readTenantAdministrator(call, settings, access)
  if (administrator === undefined)
    throw call.refuse(
      'the administrator is missing: give --api-key-env NAME or --api-key-file FILE, or an OAuth client by --oauth-client-id with its secret or key, or set administrator in the configuration file',
    )
  return createAdministration({ ...access, ...administrator })
}

/** Runs a command’s work, and ends what was opened for it. */
export async function withProvisioning<Result>(
  call: Call,
  work: (read: ReadProvisioning) => Promise<Result>,
): Promise<Result> {
  const read = await readProvisioning(call)
  try {
    return await work(read)
  } finally {
    // What became of the work counts: a session that cannot be ended expires by itself.
    await read.close?.().catch((error: unknown) => {
      if (!isJotgateError(error)) throw error
    })
  }
}
