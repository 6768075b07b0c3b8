import type { Check } from '../check.ts'
import type { GatewayContext } from './context.ts'
import { gatewayFileChecks, gatewayPlaceChecks } from './files.ts'
import { publicAddressChecks } from './public-address.ts'
import { gatewaySettingChecks, gatewayStartChecks } from './settings.ts'

/** The checks of a gateway by its configuration, each behind those that it rests on. */
export const gatewayChecks: readonly Check<GatewayContext>[] = [
  ...gatewaySettingChecks,
  ...gatewayPlaceChecks,
  ...gatewayFileChecks,
  ...gatewayStartChecks,
  ...publicAddressChecks,
]
