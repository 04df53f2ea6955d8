"""From a crisis report to the channel, while ten thousand routine notices are on their way."""
