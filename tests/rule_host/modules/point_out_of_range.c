#include "tiny.h"

TINY_MODULE(verdicts->judged_point[k] = batch->points_count[row])
