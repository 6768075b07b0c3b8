export { type Applied, type ApplyEvent, applyPlan } from './apply.ts'
export {
  type ImportedServer,
  type ImportedVirtualProxy,
  importClientManaged,
  importVirtualProxy,
} from './client-managed/import-client-managed.ts'
export {
  type ProvisionClientManagedOptions,
  provisionClientManaged,
} from './client-managed/provision-client-managed.ts'
export { type RuleText, serviceUserRules } from './client-managed/security-rules.ts'
export {
  openServiceUser,
  type ServiceUser,
  type ServiceUserOptions,
} from './client-managed/service-user.ts'
export type { ClientManagedSetup } from './client-managed/wanted.ts'
export { type MachineAccessOptions, machineAccess } from './cloud/access.ts'
export {
  type ImportCloudOptions,
  type ImportedTenant,
  importCloud,
} from './cloud/import-cloud.ts'
export { type ProvisionCloudOptions, provisionCloud } from './cloud/provision-cloud.ts'
export type { SpaceMember } from './cloud/spaces.ts'
export type { CloudGateway, CloudSetup, CloudSpace } from './cloud/wanted.ts'
export type { Progress, ProvisionErrorCode } from './errors.ts'
export type {
  ActualObject,
  Fields,
  Kind,
  MissingRight,
  Owner,
  Provisioning,
  WantedObject,
} from './kind.ts'
export { isSetupId, ownerOf, withMark, withoutMark } from './mark.ts'
export {
  type Action,
  type Change,
  changesOf,
  hasChanges,
  nameOfStep,
  type Plan,
  planSteps,
  type Step,
} from './plan.ts'
export { type ProvisionOptions, provisioningFor } from './provisioning-for.ts'
export { readPlan } from './read-plan.ts'
