import type { Settings } from '../../config/index.ts'
import {
  importClientManaged,
  importCloud,
  type Provisioning,
  provisionClientManaged,
  provisionCloud,
} from '../../provision/index.ts'
import type { ClientManagedDeployment, CloudDeployment, Deployment } from '../../token/index.ts'
import { definedOf, type ProductName } from '../../values/index.ts'
import type { Call } from '../command.ts'
import { openAdministration, openRepository, type Setup } from './read-provisioning.ts'

/** What an importer takes. */
interface Source<Name extends ProductName> {
  readonly call: Call
  /** What options and environment say. */
  readonly settings: Settings
  /** Of the right address, and nothing else. */
  readonly deployment: Extract<Deployment, { product: Name }>
  readonly newSetupId: string
}

/** What follows from imported settings. */
interface Wanted<Of extends Deployment = Deployment> {
  readonly deployment: Of
  readonly certificate: string
  readonly setup: Setup
}

/** What Qlik says of the settings. */
export interface Imported {
  readonly settings: Omit<Settings, 'setup'>
  readonly setup: Setup
  readonly certificate: string | undefined
  readonly notImported: readonly string[]
  /** What is wanted by the settings as the file will have them. */
  provision(wanted: Wanted): Promise<Provisioning>
}

/** How the deployment of each product is read. */
export const importers: {
  readonly [Name in ProductName]: (source: Source<Name>) => Promise<Imported>
} = {
  async cloud({ call, settings, deployment, newSetupId }) {
    const administration = await openAdministration(call, settings, deployment)
    const { values } = call
    const { issuer, kid, setup, certificate, notImported } = await importCloud({
      administration,
      newSetupId,
      ...definedOf({
        issuer: settings.issuer,
        kid: settings.kid,
        webIntegration: values.text('webIntegration'),
      }),
      cspEntries: values.list('cspEntry'),
      spaces: values.list('space'),
    })
    return {
      settings: { issuer, kid },
      setup: setup as Setup,
      certificate,
      notImported,
      provision: (wanted: Wanted<CloudDeployment>) =>
        provisionCloud({ ...wanted, kid, administration }),
    }
  },
  async 'client-managed'({ call, settings, deployment, newSetupId }) {
    if (settings.clientCertificate?.file === undefined)
      throw call.refuse(
        '--client-certificate and --client-key are missing: a service user comes in by the virtual proxy that is to be imported',
      )
    const repository = await openRepository(call, settings)
    const { prefix } = settings
    const { url } = deployment
    const found = await importClientManaged({
      repository,
      newSetupId,
      url,
      ...definedOf({ prefix }),
    })
    const { claims, audience, setup, certificate, notImported } = found
    const constant = /^\[(.+)\]$/.exec(claims.userDirectory)?.[1]
    const userDirectory = settings.userDirectory ?? constant
    if (userDirectory === undefined)
      throw call.refuse(
        `--user-directory is missing: each token says it, in the claim ${claims.userDirectory}, so Qlik does not have it`,
      )
    const { serviceUser } = found
    const user = serviceUser && `${serviceUser.directory}\\${serviceUser.id}`
    return {
      settings: {
        prefix: found.prefix,
        userDirectory,
        ...definedOf({ audience, kid: settings.kid }),
        // Without any, the file has a name and an e-mail address.
        claims: { attributes: {}, ...claims },
        ...(user === undefined ? {} : { administrator: { user } }),
      },
      setup: setup as Setup,
      certificate,
      notImported,
      provision: (wanted: Wanted<ClientManagedDeployment>) =>
        provisionClientManaged({ ...wanted, repository, ...definedOf({ serviceUser }) }),
    }
  },
}
