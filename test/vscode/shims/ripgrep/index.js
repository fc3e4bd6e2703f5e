// No test searches files.
exports.rgPath = '/bin/false';
