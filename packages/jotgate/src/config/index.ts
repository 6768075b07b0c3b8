export { durationForm, parseDuration } from './duration.ts'
export { configErrors } from './errors.ts'
export {
  type GatewayDeploymentSettings,
  type GatewaySettings,
  type IdentifySettings,
  readGatewaySettings,
  type SiteSettings,
} from './gateway-settings.ts'
export { meantName, nearestName } from './nearest-name.ts'
export {
  type DeploymentOptions,
  findDeploymentOptions,
  forProduct,
  products,
  toDeploymentOptions,
} from './products.ts'
export {
  configFileName,
  loadConfigJsonSchema,
  nameProblems,
  parseConfig,
  readConfigText,
  soundDeployments,
} from './read-config.ts'
export { readFileSettings } from './read-settings.ts'
export type { DeploymentConfig } from './schema.ts'
export type { SecretPlace } from './schema-forms.ts'
export { optionOf, type Setting, variableOf } from './setting.ts'
export {
  listedSettings,
  mergeSettings,
  placeSettings,
  type Settings,
  settingsFrom,
  toDeploymentConfig,
  toSettings,
  valuesOf,
} from './settings.ts'
export { settingsTable } from './settings-table.ts'
export { withoutProblems } from './without-problems.ts'
