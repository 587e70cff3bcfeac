"""Open a local page with the results of tools/spot.py: video, timeline, threshold, corrections."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from pathlib import Path

from mmaction_mespot.apis.command_line import run_command
from mmaction_mespot.spotting.inferencer import SpottingInferencer
from mmaction_mespot.spotting.loading import MOVEMENT, SPOTTERS
from mmaction_mespot.viewer import ViewerServer
from mmaction_mespot.viewer.uploads import UploadSpotter
from mmaction_mespot.viewer.viewer_server import MAX_UPLOAD_MB


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('results', nargs='?', default='results', help='folder of results (default: results)')
    parser.add_argument('--port', type=int, default=8765, help='port, 0 for a free one (default: 8765)')
    parser.add_argument('--no-browser', action='store_true', help='only print the address')
    parser.add_argument(
        '--max-upload-mb',
        type=float,
        default=MAX_UPLOAD_MB,
        help=f'largest video that the page may send (default: {MAX_UPLOAD_MB})',
    )
    parser.add_argument(
        '--model', choices=SPOTTERS, default=MOVEMENT, help=f'for uploaded videos (default: {MOVEMENT})'
    )
    return parser.parse_args()


def main() -> None:
    """Serve until interrupted."""
    args = parse_args()
    Path(args.results).mkdir(parents=True, exist_ok=True)
    spot = UploadSpotter(Path(args.results), lambda: SpottingInferencer(args.model))
    with ViewerServer(args.results, spot, args.port, args.max_upload_mb) as server:
        print(f'{server.url} (Ctrl+C ends it)', flush=True)
        if not args.no_browser:
            webbrowser.open(server.url)
        server.serve_forever()


if __name__ == '__main__':
    sys.exit(run_command(main))
