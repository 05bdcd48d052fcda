import TestSupport
import Testing

/// What users see and do at `/`, in real headless Chromium, one test after the other.
@Suite(
    .servingThePage, .quietConsole, .serialized, .enabled(if: WebDriver.isWanted && SharedFolder.isWanted),
    .timeLimit(.minutes(3)))
struct PageTests {}
