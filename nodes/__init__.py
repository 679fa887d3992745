"""One node, one file, one public function named as the node."""
