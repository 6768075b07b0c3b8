import { elementById } from './element.ts'
import { enterServer } from './enter-server.ts'
import { showEngineNotNeeded } from './steps.ts'

enterServer(async ({ server: { url, prefix } }) => {
  showEngineNotNeeded()
  elementById('hub-frame', HTMLIFrameElement).src = `${url}/${prefix}/hub/`
})
