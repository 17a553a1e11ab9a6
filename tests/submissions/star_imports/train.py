from activations import *
from embeddings import *
from forward import *
from relu_backward import *
from separability import *
from softmax_ce import *
from updates import *
