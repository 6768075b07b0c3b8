import { elementById } from './element.ts'
import { enterServer } from './enter-server.ts'
import { showEngineNotNeeded } from './steps.ts'

enterServer(async ({ qlik }) => {
  showEngineNotNeeded()
  elementById('hub-frame', HTMLIFrameElement).src = qlik.hubUrl()
})
