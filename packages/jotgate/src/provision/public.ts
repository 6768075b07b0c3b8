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
  type Plan,
  planSteps,
  type Step,
} from './plan.ts'
