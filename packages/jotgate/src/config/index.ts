export { duplicateNames } from './duplicate-names.ts'
export { durationForm, parseDuration } from './duration.ts'
export { configErrors } from './errors.ts'
export { loadConfigJsonSchema } from './load-json-schema.ts'
export { nearestName } from './nearest-name.ts'
export { type ProductName, productNames } from './product-names.ts'
export {
  type DeploymentOptions,
  findDeploymentOptions,
  forProduct,
  productOfClaims,
  products,
  toDeploymentOptions,
} from './products.ts'
export { configFileName, parseConfig, readConfigText, soundDeployments } from './read-config.ts'
export {
  mergeSettings,
  readFileSettings,
  type SecretPlace,
  type Settings,
  toSettings,
} from './settings.ts'
