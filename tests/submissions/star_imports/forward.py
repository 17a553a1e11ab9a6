from activations import *
import train
